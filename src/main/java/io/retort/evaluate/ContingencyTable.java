package io.retort.evaluate;

import io.retort.data.Samples;
import java.io.Serializable;

/** How often two networks are right on the same samples, counted in pairs. */
public record ContingencyTable(long bothRight, long onlyFirst, long onlySecond, long bothWrong)
        implements Serializable {
    public long samples() {
        return bothRight + onlyFirst + onlySecond + bothWrong;
    }

    /** These counts and those of other samples. */
    public ContingencyTable plus(ContingencyTable other) {
        return new ContingencyTable(
                bothRight + other.bothRight,
                onlyFirst + other.onlyFirst,
                onlySecond + other.onlySecond,
                bothWrong + other.bothWrong);
    }

    /**
     * Counts the samples that have a label.
     *
     * @param first {@code [samples, classes]} logits
     * @param second likewise
     * @param labels class indices, {@link Samples#NO_LABEL} of a sample without
     */
    static ContingencyTable of(float[] first, float[] second, int[] labels) {
        int classes = labels.length == 0 ? 0 : first.length / labels.length;
        long[] counts = new long[4];
        for (int row = 0; row < labels.length; row++) {
            if (labels[row] == Samples.NO_LABEL) {
                continue;
            }
            int firstWrong = Prediction.greatest(first, row * classes, classes) == labels[row] ? 0 : 1;
            int secondWrong = Prediction.greatest(second, row * classes, classes) == labels[row] ? 0 : 1;
            counts[2 * firstWrong + secondWrong]++;
        }
        return new ContingencyTable(counts[0], counts[1], counts[2], counts[3]);
    }
}
