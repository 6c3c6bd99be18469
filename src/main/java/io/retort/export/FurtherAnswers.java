package io.retort.export;

import io.retort.engine.onnx.write.FurtherOutputs;
import io.retort.engine.onnx.write.FurtherOutputs.Activation;
import io.retort.predict.Outputs;
import io.retort.storage.ArtifactException;
import java.util.List;

/** Holds the further outputs of an exported file against the logits of the same answer. */
public final class FurtherAnswers {
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
            if (!labels.isEmpty() && logits[from + classes.indexOf(labels.get(row))] < greatest(logits, from, width)) {
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
