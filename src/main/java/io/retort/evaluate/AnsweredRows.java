package io.retort.evaluate;

import io.retort.data.Labels;
import java.io.Serializable;
import java.util.Arrays;
import java.util.List;

/**
 * What a network and its teacher say of some rows, here and not on executors.
 *
 * @param outputs of the network, {@code [rows, classes]}
 * @param teacherOutputs of the teacher, likewise
 * @param labels of the rows
 */
@SuppressWarnings("ArrayRecordComponent") // thousands of rows, never compared
public record AnsweredRows(int classes, float[] outputs, float[] teacherOutputs, Labels labels)
        implements Serializable {
    /** Those of several, one after the other. */
    static AnsweredRows joined(List<AnsweredRows> parts) {
        return new AnsweredRows(
                parts.get(0).classes,
                joinedValues(parts.stream().map(AnsweredRows::outputs).toList()),
                joinedValues(parts.stream().map(AnsweredRows::teacherOutputs).toList()),
                Labels.joined(parts.stream().map(AnsweredRows::labels).toList()));
    }

    private static float[] joinedValues(List<float[]> parts) {
        float[] all = new float[parts.stream().mapToInt(part -> part.length).sum()];
        int at = 0;
        for (float[] part : parts) {
            System.arraycopy(part, 0, all, at, part.length);
            at += part.length;
        }
        return all;
    }

    /** How many there are. */
    public int rows() {
        return labels.rows();
    }

    /** The same rows with other outputs of the network. */
    public AnsweredRows with(float[] otherOutputs) {
        return new AnsweredRows(classes, otherOutputs, teacherOutputs, labels);
    }

    /** The probability of each class, the softmax of the logits of a row, of the network's or of the teacher's. */
    static double[] softmax(float[] logits, int row, int classes) {
        double[] probabilities = new double[classes];
        int from = row * classes;
        double greatest = logits[from + Prediction.greatest(logits, from, classes)];
        double sum = 0;
        for (int c = 0; c < classes; c++) {
            probabilities[c] = Math.exp(logits[from + c] - greatest);
            sum += probabilities[c];
        }
        double total = sum;
        return Arrays.stream(probabilities).map(p -> p / total).toArray();
    }

    /** The network's distribution over the classes, of a row. */
    public double[] probabilities(int row) {
        return softmax(outputs, row, classes);
    }

    /** The teacher's. */
    public double[] teacherProbabilities(int row) {
        return softmax(teacherOutputs, row, classes);
    }
}
