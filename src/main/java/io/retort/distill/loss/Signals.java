package io.retort.distill.loss;

import io.retort.network.ShapeException;
import java.util.Arrays;
import java.util.Optional;

/**
 * What a loss learns from: the labels of a batch's rows, as far as they have any, and what the teacher outputs for them. Matrices are
 * {@code [rows, outputs]}, row-major, in double precision. Arrays are taken over without a copy; losses only read them.
 *
 * @param labels the distribution over the classes that a row's label is, mostly one-hot; without meaning for a row without label
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
}
