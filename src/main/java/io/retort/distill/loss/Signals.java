package io.retort.distill.loss;

import io.retort.data.Labels;
import io.retort.data.Target;
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
 * @param labels the distribution over the classes that a row's label is, mostly one-hot; of several classes a 0 or a 1
 *     each, or standardised numbers; without meaning for a row without label
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

    /** How a row's label lies among its signals. */
    public enum LabelForm {
        /** The index of its class. */
        INDEX,
        /** A value for each output. */
        VALUES;

        /** Of labels that are such. */
        public static LabelForm of(Target target) {
            return switch (target.kind()) {
                case CLASS, EMBEDDING -> INDEX; // of vectors no row that is trained on shows a label
                case SEVERAL_CLASSES, NUMBERS -> VALUES;
            };
        }
    }

    /**
     * How the signals of a row lie side by side in the one array of labels that DL4J hands to a loss: its label, not a
     * number where it has none, and then the teacher's logits where there is a teacher.
     *
     * @param outputs of the network
     */
    public record SignalLayout(int outputs, boolean taught, LabelForm form) implements Serializable {
        /** The layout where labels are classes. */
        public SignalLayout(int outputs, boolean taught) {
            this(outputs, taught, LabelForm.INDEX);
        }

        /** The layout for these losses; there is a teacher where one of them needs it. */
        public static SignalLayout of(Target target, List<LossSettings> losses) {
            return new SignalLayout(
                    target.outputs(),
                    losses.stream().anyMatch(loss -> loss.source() == LossSettings.Source.TEACHER),
                    LabelForm.of(target));
        }

        /** Values of one row. A float holds each index of a class exactly, for there are less than 2²⁴ classes. */
        public int width() {
            return labelWidth() + (taught ? outputs : 0);
        }

        private int labelWidth() {
            return form == LabelForm.INDEX ? 1 : outputs;
        }

        /**
         * The signals of some rows, one row after the other.
         *
         * @param labels not a number in a row without label
         * @param teacherLogits {@code [rows, outputs]}; there where there is a teacher
         */
        public float[] packed(Labels labels, Optional<float[]> teacherLogits) {
            if (teacherLogits.isPresent() != taught) {
                throw new IllegalArgumentException(
                        taught ? "teacher logits are missing" : "there are teacher logits and no teacher");
            }
            if (labels.width() != labelWidth()) {
                throw new IllegalArgumentException(
                        "labels have " + labels.width() + " values, these signals need " + labelWidth());
            }
            float[] packed = new float[labels.rows() * width()];
            for (int row = 0; row < labels.rows(); row++) {
                System.arraycopy(labels.values(), row * labelWidth(), packed, row * width(), labelWidth());
                if (taught) {
                    System.arraycopy(teacherLogits.get(), row * outputs, packed, row * width() + labelWidth(), outputs);
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
                if (!Double.isNaN(packed[at])) {
                    weights[row] = 1;
                    if (form == LabelForm.INDEX) {
                        labels[row * outputs + (int) packed[at]] = 1;
                    } else {
                        System.arraycopy(packed, at, labels, row * outputs, outputs);
                    }
                }
                if (taught) {
                    System.arraycopy(packed, at + labelWidth(), teacher, row * outputs, outputs);
                }
            }
            return new Signals(rows, outputs, labels, weights, taught ? Optional.of(teacher) : Optional.empty());
        }
    }
}
