package io.retort.evaluate;

import io.retort.data.Labels;
import io.retort.data.Labels.LabelCounts;
import io.retort.network.ChannelMoments;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;

/**
 * Rows have numbers. The score is R², the mean over the numbers of {@code 1 − Σ (z − y)² / Σ (y − ȳ)²}, z a network's
 * and y the label: 1 where it is always right, 0 for the mean ȳ of the evaluated rows, and below 0 for what is worse.
 * Of a number that never changes R² is 1 where it is always right, and 0 otherwise.
 */
record NumberTask(List<String> names) implements Task {
    private static final String R2 = "r2";
    private static final double NEAR = 0.01;

    NumberTask {
        names = List.copyOf(names);
    }

    @Override
    public String score() {
        return R2;
    }

    /** The mean over the numbers of {@code Σ (z − t)² / Σ (t − mean t)²}, t the teacher's. */
    @Override
    public double divergence(Evaluation evaluation) {
        return 1 - evaluation.agreement();
    }

    @Override
    public boolean needsLabels() {
        return true;
    }

    @Override
    public Task.Accumulator tally(Evaluation.Settings settings) {
        return new Tally(names);
    }

    @Override
    public double score(float[] outputs, float[] teacherOutputs, Labels labels) {
        Tally tally = new Tally(names);
        tally.add(outputs, outputs, labels);
        return tally.rows() == 0 ? Double.NaN : tally.meanR2();
    }

    /** That of the mean. */
    @Override
    public double constantScore(LabelCounts labels) {
        return 0;
    }

    /** A network does better where its numbers are nearer, each by the deviation of the labels. */
    @Override
    public ContingencyTable pairs(float[] first, float[] second, Labels labels) {
        Tally all = new Tally(names);
        all.add(first, second, labels);
        long[] counts = new long[3];
        for (int row = 0; row < labels.rows(); row++) {
            if (labels.isPresent(row)) {
                counts[1 + (int) Math.signum(all.apart(first, labels, row) - all.apart(second, labels, row))]++;
            }
        }
        return new ContingencyTable(counts[1], counts[0], counts[2], 0);
    }

    /** Each number within a hundredth of the greatest of all these rows. */
    @Override
    public boolean agree(float[] outputs, float[] reference, int row) {
        double greatest = 0;
        for (float value : reference) {
            greatest = Math.max(greatest, Math.abs(value));
        }
        for (int i = row * names.size(); i < (row + 1) * names.size(); i++) {
            if (!(Math.abs((double) outputs[i] - reference[i]) <= NEAR * greatest)) {
                return false;
            }
        }
        return true;
    }

    /** Sums over the rows that have a label. */
    private static final class Tally implements Task.Accumulator {
        private static final long serialVersionUID = 1L;

        private final List<String> names;
        private final double[] squares;
        private final double[] sizes;
        private final double[] squaresToTeacher;
        private ChannelMoments ofLabels;
        private ChannelMoments ofTeacher;

        Tally(List<String> names) {
            this.names = names;
            squares = new double[names.size()];
            sizes = new double[names.size()];
            squaresToTeacher = new double[names.size()];
            ofLabels = ChannelMoments.none(names.size());
            ofTeacher = ChannelMoments.none(names.size());
        }

        double rows() {
            return ofLabels.count();
        }

        @Override
        public void add(float[] outputs, float[] teacherOutputs, Labels labels) {
            int width = names.size();
            int[] rows =
                    IntStream.range(0, labels.rows()).filter(labels::isPresent).toArray();
            ofLabels = ofLabels.plus(moments(labels.values(), rows));
            ofTeacher = ofTeacher.plus(moments(teacherOutputs, rows));
            for (int row : rows) {
                for (int k = 0; k < width; k++) {
                    int i = row * width + k;
                    double apart = (double) outputs[i] - labels.values()[i];
                    double fromTeacher = (double) outputs[i] - teacherOutputs[i];
                    squares[k] += apart * apart;
                    sizes[k] += Math.abs(apart);
                    squaresToTeacher[k] += fromTeacher * fromTeacher;
                }
            }
        }

        private ChannelMoments moments(float[] values, int[] rows) {
            int width = names.size();
            double[] means = new double[width];
            double[] deviations = new double[width];
            for (int row : rows) {
                for (int k = 0; k < width; k++) {
                    means[k] += values[row * width + k] / (double) rows.length;
                }
            }
            for (int row : rows) {
                for (int k = 0; k < width; k++) {
                    double apart = values[row * width + k] - means[k];
                    deviations[k] += apart * apart;
                }
            }
            return new ChannelMoments(rows.length, means, deviations);
        }

        /** Squared distance of a row's numbers from its label, each by the variance of the labels. */
        double apart(float[] outputs, Labels labels, int row) {
            double sum = 0;
            for (int k = 0; k < names.size(); k++) {
                double apart = (double) outputs[row * names.size() + k] - labels.values()[row * names.size() + k];
                double variance = ofLabels.variance(k);
                sum += apart * apart / (variance > 0 ? variance : 1);
            }
            return sum;
        }

        @Override
        public void add(Task.Accumulator other) {
            Tally that = (Tally) other;
            for (int k = 0; k < squares.length; k++) {
                squares[k] += that.squares[k];
                sizes[k] += that.sizes[k];
                squaresToTeacher[k] += that.squaresToTeacher[k];
            }
            ofLabels = ofLabels.plus(that.ofLabels);
            ofTeacher = ofTeacher.plus(that.ofTeacher);
        }

        private static double explained(double error, double variation) {
            return variation > 0 ? 1 - error / variation : error > 0 ? 0 : 1;
        }

        private double r2(int number) {
            return explained(squares[number], ofLabels.squares()[number]);
        }

        double meanR2() {
            return mean(this::r2);
        }

        private double mean(IntToDoubleFunction figure) {
            return IntStream.range(0, names.size())
                    .mapToDouble(figure)
                    .average()
                    .orElseThrow();
        }

        /** Agreement is R² with the teacher's numbers in the labels' place. Errors are in the labels' units. */
        @Override
        public Evaluation evaluation() {
            Map<String, Double> metrics = new TreeMap<>();
            metrics.put(
                    "agreement",
                    mean(k -> explained(squaresToTeacher[k], ofTeacher.squares()[k])));
            add(metrics, R2, this::r2);
            add(metrics, "mae", k -> sizes[k] / rows());
            add(metrics, "rmse", k -> Math.sqrt(squares[k] / rows()));
            return new Evaluation((long) rows(), metrics, List.of());
        }

        /** The mean over the numbers, and where there are several that of each. */
        private void add(Map<String, Double> metrics, String name, IntToDoubleFunction figure) {
            metrics.put(name, mean(figure));
            for (int k = 0; names.size() > 1 && k < names.size(); k++) {
                metrics.put(name + " of " + names.get(k), figure.applyAsDouble(k));
            }
        }
    }
}
