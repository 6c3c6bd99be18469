package io.retort.distill.loss;

import io.retort.data.Labels;
import io.retort.network.ShapeException;
import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The truth that a loss learns from: the labels of a batch's rows, as far as they have any, and the teacher's logits.
 * Matrices are {@code [rows, outputs]}, row-major, in double precision. Arrays are taken over without a copy; losses
 * only read them.
 *
 * @param labels the distribution over the classes that a row's label is, mostly one-hot; without meaning for a row
 *     without label
 * @param labelWeights {@code [rows]}: how much a row counts in losses of labels, 1, or 0 where it has no label
 * @param teacher logits; empty where no teacher has seen the batch
 */
@SuppressWarnings("ArrayRecordComponent") // carried, never compared
public record Signals(int rows, int outputs, double[] labels, double[] labelWeights, Optional<double[]> teacher) {
    public Signals {
        requireShape("targets", labels, rows, outputs);
        teacher.ifPresent(logits -> requireShape("teacher logits", logits, rows, outputs));
        if (labelWeights.length != rows) {
            throw new ShapeException(labelWeights.length + " label weights do not fit " + rows + " rows");
        }
    }

    /** Rows that all have a label. */
    static Signals labelled(int rows, int outputs, double[] labels, Optional<double[]> teacher) {
        double[] ones = new double[rows];
        Arrays.fill(ones, 1);
        return new Signals(rows, outputs, labels, ones, teacher);
    }

    Signals withTeacher(Optional<double[]> other) {
        return new Signals(rows, outputs, labels, labelWeights, other);
    }

    static void requireShape(String what, double[] values, int rows, int outputs) {
        if (values.length != rows * outputs) {
            throw new ShapeException(what + " have " + values.length + " values, [" + rows + ", " + outputs + "] needs "
                    + rows * outputs);
        }
    }

    /**
     * How the signals of a row lie side by side in the one array of labels that DL4J hands to a loss: the index of its
     * class, or {@link Labels#NONE}, and then the teacher's logits where there is a teacher.
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
         * @param labels class indices, {@link Labels#NONE} of a row without label
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
                if (label != Labels.NONE) {
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
}
