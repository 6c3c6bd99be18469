package io.retort.evaluate;

import io.retort.evaluate.Evaluation.ConfidenceBin;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/** The metrics of networks that classify, sorted by the name that they have in a report. */
final class Metrics {
    private Metrics() {}

    /** A figure that is computed from sums over samples, so that executors can each add up their part. */
    interface Metric {
        /** How many sums it needs. */
        int sums();

        /** Adds one sample to the sums, which begin at {@code at}. */
        void add(Prediction prediction, double[] sums, int at);

        /** The figure, from the sums of all {@code samples}. */
        double value(double[] sums, int at, long samples);

        /** The bins that the sums are of, where they are of some. */
        default List<ConfidenceBin> bins(double[] sums, int at) {
            return List.of();
        }
    }

    /** Those that are informative for this number of classes: one of k is always among the k most probable. */
    static Map<String, Metric> all(Evaluation.Settings settings, int classes) {
        Map<String, Metric> metrics = new LinkedHashMap<>();
        metrics.put(ClassTask.ACCURACY, accuracy());
        metrics.put("agreement", agreement());
        metrics.put("expected-calibration-error", new ExpectedCalibrationError(settings.calibrationBins()));
        metrics.put("negative-log-likelihood", negativeLogLikelihood());
        metrics.put(Task.DIVERGENCE, new Mean(Prediction::divergence));
        if (settings.topK() < classes) {
            metrics.put("top-k-accuracy", topKAccuracy(settings.topK()));
        }
        return Collections.unmodifiableMap(metrics);
    }

    /** The fraction of samples whose true class is predicted. In [0, 1]; greater is better. */
    private static Metric accuracy() {
        return new Mean(sample -> sample.predicted() == sample.label() ? 1 : 0);
    }

    /** The fraction of samples for which network and teacher predict the same class. In [0, 1]; greater is closer. */
    private static Metric agreement() {
        return new Mean(sample -> sample.predicted() == sample.teacher() ? 1 : 0);
    }

    /** The mean of {@code −log q(label)}, where q is the softmax of the logits. In nats; smaller is better. */
    private static Metric negativeLogLikelihood() {
        return new Mean(sample -> -sample.logProbability(sample.label()));
    }

    /**
     * The fraction of samples whose true class is among the k most probable; a tie counts. In [0, 1]; greater is
     * better.
     */
    private static Metric topKAccuracy(int k) {
        return new Mean(sample -> {
            double own = sample.logProbability(sample.label());
            int better = 0;
            for (int c = 0; c < sample.classes(); c++) {
                better += sample.logProbability(c) > own ? 1 : 0;
            }
            return better < k ? 1 : 0;
        });
    }

    /** The mean of a number of each sample. */
    private record Mean(ToDoubleFunction<Prediction> number) implements Metric {
        @Override
        public int sums() {
            return 1;
        }

        @Override
        public void add(Prediction prediction, double[] sums, int at) {
            sums[at] += number.applyAsDouble(prediction);
        }

        @Override
        public double value(double[] sums, int at, long samples) {
            return sums[at] / samples;
        }
    }

    /**
     * {@code Σ_b |accuracy(b) − confidence(b)| · samples(b) / samples} over equally wide bins b of the predicted
     * class's probability (Guo et al. 2017, section 2, arXiv:1706.04599). In [0, 1]; smaller is better.
     */
    private record ExpectedCalibrationError(int bins) implements Metric {
        /** Of each bin: samples, hits, and the sum of confidences. */
        private static final int EACH = 3;

        @Override
        public int sums() {
            return EACH * bins;
        }

        @Override
        public void add(Prediction prediction, double[] sums, int at) {
            int bin = at + EACH * (int) Math.min(bins - 1, Math.floor(prediction.confidence() * bins));
            sums[bin]++;
            sums[bin + 1] += prediction.predicted() == prediction.label() ? 1 : 0;
            sums[bin + 2] += prediction.confidence();
        }

        /** The size of a bin cancels out. */
        @Override
        public double value(double[] sums, int at, long samples) {
            double error = 0;
            for (int bin = at; bin < at + sums(); bin += EACH) {
                error += Math.abs(sums[bin + 1] - sums[bin + 2]);
            }
            return error / samples;
        }

        @Override
        public List<ConfidenceBin> bins(double[] sums, int at) {
            return IntStream.range(0, bins)
                    .map(bin -> at + EACH * bin)
                    .mapToObj(bin -> new ConfidenceBin(
                            (long) sums[bin], (long) sums[bin + 1], sums[bin] == 0 ? 0 : sums[bin + 2] / sums[bin]))
                    .toList();
        }
    }
}
