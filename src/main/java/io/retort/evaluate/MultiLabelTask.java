package io.retort.evaluate;

import io.retort.data.Labels;
import io.retort.data.Labels.LabelCounts;
import io.retort.evaluate.Confusion.ClassFigures;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Rows are of any number of classes each. A class is predicted where the sigmoid of its logit is at least 0.5, the logit
 * at least 0. The score is macro-F1, the mean of the F1 of all classes that have rows or are predicted.
 */
record MultiLabelTask(int classes) implements Task {
    private static final String MACRO_F1 = "macro-f1";

    @Override
    public String score() {
        return MACRO_F1;
    }

    @Override
    public boolean needsLabels() {
        return true;
    }

    @Override
    public Task.Accumulator tally(Evaluation.Settings settings) {
        return new Tally(classes);
    }

    @Override
    public double score(float[] outputs, float[] teacherOutputs, Labels labels) {
        long[] counts = new long[3 * classes];
        int labelled = 0;
        for (int row = 0; row < labels.rows(); row++) {
            if (labels.isPresent(row)) {
                count(outputs, labels, row, counts);
                labelled++;
            }
        }
        return labelled == 0 ? Double.NaN : macroF1(decisions(counts));
    }

    /** That of an answer with all classes: {@code 2π / (1 + π)} for a class with the share π of the rows. */
    @Override
    public double constantScore(LabelCounts labels) {
        return labels.byClass().stream()
                .filter(rows -> rows > 0)
                .mapToDouble(rows -> 2.0 * rows / (labels.labelled() + rows))
                .average()
                .orElse(0);
    }

    /** A network does better where it is wrong about fewer classes. */
    @Override
    public ContingencyTable pairs(float[] first, float[] second, Labels labels) {
        long[] counts = new long[3];
        for (int row = 0; row < labels.rows(); row++) {
            if (labels.isPresent(row)) {
                counts[1 + Integer.signum(mistakes(first, labels, row) - mistakes(second, labels, row))]++;
            }
        }
        return new ContingencyTable(counts[1], counts[0], counts[2], 0);
    }

    /** The same classes. */
    @Override
    public boolean agree(float[] outputs, float[] reference, int row) {
        return IntStream.range(row * classes, (row + 1) * classes)
                .allMatch(i -> isPredicted(outputs[i]) == isPredicted(reference[i]));
    }

    private int mistakes(float[] outputs, Labels labels, int row) {
        int mistakes = 0;
        for (int i = row * classes; i < (row + 1) * classes; i++) {
            mistakes += isPredicted(outputs[i]) == (labels.values()[i] == 1) ? 0 : 1;
        }
        return mistakes;
    }

    private static boolean isPredicted(float logit) {
        return logit >= 0;
    }

    /** Adds a row to the counts, by class: rows of it, those taken for it, those of both. */
    private void count(float[] outputs, Labels labels, int row, long[] counts) {
        for (int c = 0; c < classes; c++) {
            boolean of = labels.values()[row * classes + c] == 1;
            boolean predicted = isPredicted(outputs[row * classes + c]);
            counts[3 * c] += of ? 1 : 0;
            counts[3 * c + 1] += predicted ? 1 : 0;
            counts[3 * c + 2] += of && predicted ? 1 : 0;
        }
    }

    private static List<List<Long>> decisions(long[] counts) {
        return IntStream.range(0, counts.length / 3)
                .mapToObj(c -> List.of(counts[3 * c], counts[3 * c + 1], counts[3 * c + 2]))
                .toList();
    }

    private static double macroF1(List<List<Long>> decisions) {
        return ClassFigures.macroF1(
                decisions.stream().map(ClassFigures::ofDecisions).toList());
    }

    /** Sums over rows, each of which has a label. */
    private static final class Tally implements Task.Accumulator {
        private static final long serialVersionUID = 1L;

        private final int classes;
        private final long[] counts;
        private final List<ScoreCounts> scores = new ArrayList<>();
        private double crossEntropy;
        private double divergence;
        private long agreed;
        private long exact;
        private long rows;

        Tally(int classes) {
            this.classes = classes;
            this.counts = new long[3 * classes];
            int most = Math.max(1024, ScoreCounts.MAX_SCORES / classes);
            for (int c = 0; c < classes; c++) {
                scores.add(new ScoreCounts(most));
            }
        }

        @Override
        public void add(float[] outputs, float[] teacherOutputs, Labels labels) {
            MultiLabelTask task = new MultiLabelTask(classes);
            for (int row = 0; row < labels.rows(); row++) {
                task.count(outputs, labels, row, counts);
                exact += task.mistakes(outputs, labels, row) == 0 ? 1 : 0;
            }
            for (int i = 0; i < outputs.length; i++) {
                agreed += isPredicted(outputs[i]) == isPredicted(teacherOutputs[i]) ? 1 : 0;
                crossEntropy += softplus(labels.values()[i] == 1 ? -outputs[i] : outputs[i]);
                divergence += divergence(teacherOutputs[i], outputs[i]);
            }
            for (int c = 0; c < classes; c++) {
                float[] ofClass = new float[labels.rows()];
                int[] has = new int[labels.rows()];
                for (int row = 0; row < ofClass.length; row++) {
                    ofClass[row] = outputs[row * classes + c];
                    has[row] = (int) labels.values()[row * classes + c];
                }
                scores.get(c).add(ofClass, has);
            }
            rows += labels.rows();
        }

        /** {@code log(1 + eˣ)}, which is {@code −log(1 − σ(x))}. */
        private static double softplus(double x) {
            return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
        }

        /** {@code p log(p / q) + (1 − p) log((1 − p) / (1 − q))} with {@code p = σ(teacher)} and {@code q = σ(own)}. */
        private static double divergence(double teacher, double own) {
            double probability = 1 / (1 + Math.exp(-teacher));
            double of = probability > 0 ? probability * (softplus(-own) - softplus(-teacher)) : 0;
            return probability < 1 ? of + (1 - probability) * (softplus(own) - softplus(teacher)) : of;
        }

        @Override
        public void add(Task.Accumulator other) {
            Tally that = (Tally) other;
            for (int i = 0; i < counts.length; i++) {
                counts[i] += that.counts[i];
            }
            for (int c = 0; c < classes; c++) {
                scores.get(c).add(that.scores.get(c));
            }
            crossEntropy += that.crossEntropy;
            divergence += that.divergence;
            agreed += that.agreed;
            exact += that.exact;
            rows += that.rows;
        }

        /**
         * Means of ranks leave out classes that all rows have, or none. Micro-F1 is that of all decisions together,
         * agreement the share of them that are the teacher's; an exact match is a row with the right classes and no
         * others; cross-entropy is in nats, a mean over classes and rows.
         */
        @Override
        public Evaluation evaluation() {
            List<List<Long>> decisions = decisions(counts);
            Map<String, Double> metrics = new TreeMap<>();
            metrics.put(MACRO_F1, macroF1(decisions));
            metrics.put("micro-f1", microF1());
            metrics.put("agreement", (double) agreed / (rows * classes));
            metrics.put("exact-match", (double) exact / rows);
            metrics.put("binary-cross-entropy", crossEntropy / (rows * classes));
            metrics.put(DIVERGENCE, divergence / (rows * classes));
            mean(ScoreCounts::areaUnderRoc).ifPresent(area -> metrics.put("mean-area-under-roc", area));
            mean(ScoreCounts::averagePrecision).ifPresent(mean -> metrics.put("mean-average-precision", mean));
            return new Evaluation(rows, metrics, List.of(), decisions, List.of());
        }

        private double microF1() {
            long either = 0;
            long right = 0;
            for (int i = 0; i < counts.length; i += 3) {
                either += counts[i] + counts[i + 1];
                right += counts[i + 2];
            }
            return either == 0 ? 0 : 2.0 * right / either;
        }

        private OptionalDouble mean(Function<ScoreCounts, OptionalDouble> figure) {
            return scores.stream()
                    .map(figure)
                    .flatMap(value -> value.isPresent() ? Stream.of(value.getAsDouble()) : Stream.empty())
                    .mapToDouble(Double::doubleValue)
                    .average();
        }
    }
}
