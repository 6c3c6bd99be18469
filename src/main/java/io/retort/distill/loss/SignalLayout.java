package io.retort.distill.loss;

import io.retort.data.Samples;
import java.io.Serializable;
import java.util.List;
import java.util.Optional;

/**
 * How the signals of a row lie side by side in the one array of labels that DL4J hands to a loss: the index of its class, or
 * {@link Samples#NO_LABEL}, and then the teacher's logits where there is a teacher.
 *
 * @param outputs of the network
 */
public record SignalLayout(int outputs, boolean taught) implements Serializable {
    /** The layout for these losses; there is a teacher where one of them needs it. */
    public static SignalLayout of(int outputs, List<LossSettings> losses) {
        return new SignalLayout(
                outputs, losses.stream().anyMatch(loss -> loss.source() == LossSettings.Source.TEACHER));
    }

    /** Values of one row. A float holds each index of a class exactly, for there are less than 2²⁴ classes. */
    public int width() {
        return taught ? 1 + outputs : 1;
    }

    /**
     * The signals of some rows, one row after the other.
     *
     * @param labels class indices, {@link Samples#NO_LABEL} of a row without label
     * @param teacherLogits {@code [rows, outputs]}; there where there is a teacher
     */
    public float[] packed(int[] labels, Optional<float[]> teacherLogits) {
        if (teacherLogits.isPresent() != taught) {
            throw new IllegalArgumentException(
                    taught ? "teacher logits are missing" : "there are teacher logits and no teacher");
        }
        float[] packed = new float[labels.length * width()];
        for (int row = 0; row < labels.length; row++) {
            packed[row * width()] = labels[row];
            if (taught) {
                System.arraycopy(teacherLogits.get(), row * outputs, packed, row * width() + 1, outputs);
            }
        }
        return packed;
    }

    Signals unpacked(int rows, double[] packed) {
        Signals.requireShape("signals", packed, rows, width());
        double[] labels = new double[rows * outputs];
        double[] weights = new double[rows];
        double[] teacher = new double[taught ? rows * outputs : 0];
        for (int row = 0; row < rows; row++) {
            int at = row * width();
            int label = (int) packed[at];
            if (label != Samples.NO_LABEL) {
                labels[row * outputs + label] = 1;
                weights[row] = 1;
            }
            if (taught) {
                System.arraycopy(packed, at + 1, teacher, row * outputs, outputs);
            }
        }
        return new Signals(rows, outputs, labels, weights, taught ? Optional.of(teacher) : Optional.empty());
    }
}
