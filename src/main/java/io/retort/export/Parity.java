package io.retort.export;

import io.retort.engine.TrainableNetwork.Logits;
import io.retort.engine.onnx.write.FurtherOutputs;
import io.retort.engine.onnx.write.FurtherOutputs.Activation;
import io.retort.predict.Predictor.Outputs;
import io.retort.storage.ArtifactException;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;

/**
 * How far two engines are apart on the same network and samples.
 *
 * @param greatestRelativeDifference {@code max |a − b| / max |b|} over all logits, b the reference's; infinite where
 *     one is not a finite number
 * @param labelAgreement the share of samples of which both say the same
 */
public record Parity(double greatestRelativeDifference, double labelAgreement, long samples) {
    /** What rounding in float32 may do; more is a fault. */
    public static final double ALLOWED = 1e-4;
    /** The least share of equal labels of int8 kernels and their simulation, which round ties apart. */
    public static final double MIN_AGREEMENT = 0.995;

    /**
     * Raw features of some samples, one after the other.
     */
    @SuppressWarnings("ArrayRecordComponent") // a batch on its way, never compared
    public record Batch(float[] rawFeatures, int size) {}

    /** Whether two outputs {@code [rows, outputs]} say the same of a row. */
    @FunctionalInterface
    public interface Agreement {
        /**
         * Whether both say the same of a row.
         *
         * @param outputs of a row
         */
        boolean of(float[] shipped, float[] reference, int row, int outputs);
    }

    /** Of classes: both say the same where the greatest logit is the same. */
    public static Parity between(Logits shipped, Logits reference, Iterator<Batch> batches) {
        return between(shipped, reference, Parity::isOneClass, batches);
    }

    /** Compares the shipped file with the reference, batch by batch. */
    public static Parity between(Logits shipped, Logits reference, Agreement agreement, Iterator<Batch> batches) {
        double difference = 0;
        double greatest = 0;
        long agreed = 0;
        long samples = 0;
        while (batches.hasNext()) {
            Batch batch = batches.next();
            float[] left = shipped.logits(batch.rawFeatures(), batch.size());
            float[] right = reference.logits(batch.rawFeatures(), batch.size());
            if (left.length != right.length) {
                throw new IllegalArgumentException("a batch of " + batch.size() + " gave " + left.length
                        + " logits and, from the reference, " + right.length);
            }
            for (int i = 0; i < left.length; i++) {
                double apart = Math.abs((double) left[i] - right[i]);
                difference = Math.max(difference, Double.isNaN(apart) ? Double.POSITIVE_INFINITY : apart);
                greatest = Math.max(greatest, Math.abs(right[i]));
            }
            int outputs = left.length / batch.size();
            for (int row = 0; row < batch.size(); row++) {
                agreed += agreement.of(left, right, row, outputs) ? 1 : 0;
            }
            samples += batch.size();
        }
        if (samples == 0) {
            throw new IllegalArgumentException("parity needs at least one sample");
        }
        double relative = difference == 0 ? 0 : difference / greatest;
        return new Parity(
                Double.isNaN(relative) ? Double.POSITIVE_INFINITY : relative, (double) agreed / samples, samples);
    }

    /**
     * Refuses an export that does not compute as the evaluated network.
     *
     * @param what names the network in the message
     */
    public Parity requireWithin(double allowed, String what) {
        if (!(greatestRelativeDifference <= allowed)) {
            throw new ArtifactException(String.format(
                    Locale.ROOT,
                    "%s: its ONNX file and the reference differ by %.2e of the largest logit on %d rows (allowed are %.1e) and agree on %.2f %%"
                            + " of the labels; it must not be used, for it does not compute what was trained. Keep the run directory and report this",
                    what,
                    greatestRelativeDifference,
                    samples,
                    allowed,
                    100 * labelAgreement));
        }
        return this;
    }

    /**
     * Refuses an int8 export whose kernels do not compute what its codes mean.
     *
     * @param least of {@link #labelAgreement}
     * @param what names the network in the message
     */
    public Parity requireAgreement(double least, String what) {
        if (!(labelAgreement >= least)) {
            throw new ArtifactException(String.format(
                    Locale.ROOT,
                    "%s: its int8 ONNX file and the simulation of it agree on %.2f %% of the labels of %d rows (at least %.1f %% are required)."
                            + " With weight-bits = 8, sums of products saturate on a processor without VNNI: use 7. With fewer, either logits"
                            + " lie so close together that rounding decides, or an int8 kernel of ONNX Runtime is wrong on this processor: keep the run"
                            + " directory and report this",
                    what,
                    100 * labelAgreement,
                    samples,
                    100 * least));
        }
        return this;
    }

    private static boolean isOneClass(float[] shipped, float[] reference, int row, int outputs) {
        return greatest(shipped, row * outputs, outputs) == greatest(reference, row * outputs, outputs);
    }

    private static int greatest(float[] logits, int from, int classes) {
        int best = 0;
        for (int c = 1; c < classes; c++) {
            if (logits[from + c] > logits[from + best]) {
                best = c;
            }
        }
        return best;
    }

    /** Holds the further outputs of an exported file against the logits of the same answer. */
    public static final class FurtherAnswers {
        private FurtherAnswers() {}

        /**
         * Refuses a file whose probabilities or labels do not follow from its logits.
         *
         * @param logits {@code [rows, classes]} of the answer
         * @param classes by index of the logit
         * @param what names the network in the message
         */
        public static void require(
                Outputs answers, float[] logits, List<String> classes, Activation activation, String what) {
            int width = classes.size();
            float[] probabilities = answers.values().getOrDefault(FurtherOutputs.PROBABILITIES, new float[0]);
            List<String> labels = answers.texts().getOrDefault(FurtherOutputs.LABEL, List.of());
            for (int row = 0; row < answers.rows(); row++) {
                int from = row * width;
                for (int c = 0; c < width && probabilities.length > 0; c++) {
                    double expected = probability(logits, from, width, c, activation);
                    if (!(Math.abs(probabilities[from + c] - expected) <= Parity.ALLOWED)) {
                        throw new ArtifactException(what + ": its ONNX file gives class '" + classes.get(c)
                                + "' the probability " + probabilities[from + c] + " for a row whose logits give it "
                                + expected + "; it must not be used. Keep the run directory and report this");
                    }
                }
                if (!labels.isEmpty()
                        && logits[from + classes.indexOf(labels.get(row))] < greatest(logits, from, width)) {
                    throw new ArtifactException(what + ": its ONNX file gives a row the label '" + labels.get(row)
                            + "', whose logit is not the greatest; it must not be used. Keep the run directory and report"
                            + " this");
                }
            }
        }

        private static double probability(float[] logits, int from, int classes, int c, Activation activation) {
            if (activation == Activation.SIGMOID) {
                return 1 / (1 + Math.exp(-logits[from + c]));
            }
            double greatest = greatest(logits, from, classes);
            double sum = 0;
            for (int other = 0; other < classes; other++) {
                sum += Math.exp(logits[from + other] - greatest);
            }
            return Math.exp(logits[from + c] - greatest) / sum;
        }

        private static float greatest(float[] logits, int from, int classes) {
            float greatest = logits[from];
            for (int c = 1; c < classes; c++) {
                greatest = Math.max(greatest, logits[from + c]);
            }
            return greatest;
        }
    }
}
