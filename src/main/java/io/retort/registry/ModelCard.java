package io.retort.registry;

import io.retort.data.shard.TableShares.ColumnShare;
import java.util.List;

/**
 * The origin of a version and its scores when it was judged: {@code card.json}.
 *
 * @param created by the clock of the run, ISO 8601
 * @param recipe its name
 * @param student its name in the recipe
 * @param run the directory of the run that made it
 * @param key of all that the challenger's training and judging depended on, other than the champion of then
 * @param origin the digest of what it learned from and of how: training samples, teacher, student, seed, by their
 *     content and not by names, times or gates; empty in cards of programs that kept none
 * @param against the sequence of the promotion of the champion that it was judged against; 0 where there was none
 * @param start {@code scratch}, or {@code champion <version>} for a warm start
 * @param teacher the fingerprint of the teacher's parameters
 * @param teacherAccuracy on the held-out samples
 * @param score the name of the figure that {@code scores} and {@code teacherAccuracy} give as accuracy, by which it was
 *     judged; accuracy in cards of programs that kept none
 * @param scores on the held-out samples
 * @param gates that it passed
 * @param inputs names and statistics of the training samples' features and classes
 */
public record ModelCard(
        int format,
        String created,
        String recipe,
        String student,
        long seed,
        String run,
        String key,
        String origin,
        long against,
        String start,
        Data data,
        String teacher,
        double teacherAccuracy,
        String score,
        Scores scores,
        List<Gate> gates,
        Inputs inputs) {
    public static final int FORMAT = 2;

    public ModelCard {
        gates = List.copyOf(gates);
    }

    /**
     * The columns and classes of the training samples.
     *
     * @param columns in the order in which the network reads them; none where features have no names, and in cards of
     *     programs that kept none
     * @param classes by class index; none where they are only counted
     * @param means of each channel (for vectors, each feature), as it came; none of texts
     * @param deviations likewise
     * @param shares of a table's columns, in the rows that its encoding was fitted to; none of other samples, and in
     *     cards of programs that kept none
     */
    public record Inputs(
            List<String> columns,
            List<String> classes,
            List<Double> means,
            List<Double> deviations,
            List<ColumnShare> shares) {
        public Inputs {
            columns = List.copyOf(columns);
            classes = List.copyOf(classes);
            means = List.copyOf(means);
            deviations = List.copyOf(deviations);
            shares = List.copyOf(shares);
        }

        /** Of which nothing is known. */
        public static Inputs unknown() {
            return new Inputs(List.of(), List.of(), List.of(), List.of(), List.of());
        }

        /** The same with the shares of a table's columns. */
        public Inputs with(List<ColumnShare> others) {
            return new Inputs(columns, classes, means, deviations, others);
        }
    }

    /**
     * The samples that it learned from and was judged on.
     *
     * @param train the fingerprint of the training samples
     * @param test the fingerprint of the samples that it was judged on: those of the validation split, or held-out ones
     * @param labelCounts training samples by class
     */
    public record Data(String train, String test, long trainSamples, long testSamples, List<Long> labelCounts) {
        public Data {
            labelCounts = List.copyOf(labelCounts);
        }
    }

    /**
     * The quality of a network on the held-out samples, and its cost.
     *
     * @param accuracy the task's score: of classes, the fraction of the samples whose class is predicted
     * @param agreement the same with the teacher's answers for labels
     * @param calibrationError expected calibration error
     * @param bytes of the ONNX file
     * @param latencyMillis median of one sample on one thread
     */
    public record Scores(
            double accuracy, double agreement, double calibrationError, long bytes, double latencyMillis) {}
}
