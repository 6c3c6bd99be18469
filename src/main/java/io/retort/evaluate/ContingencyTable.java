package io.retort.evaluate;

import io.retort.data.Labels;
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
     */
    static ContingencyTable of(float[] first, float[] second, Labels labels) {
        int classes = labels.rows() == 0 ? 0 : first.length / labels.rows();
        long[] counts = new long[4];
        for (int row = 0; row < labels.rows(); row++) {
            if (!labels.isPresent(row)) {
                continue;
            }
            int firstWrong = Prediction.greatest(first, row * classes, classes) == labels.classOf(row) ? 0 : 1;
            int secondWrong = Prediction.greatest(second, row * classes, classes) == labels.classOf(row) ? 0 : 1;
            counts[2 * firstWrong + secondWrong]++;
        }
        return new ContingencyTable(counts[0], counts[1], counts[2], counts[3]);
    }
}
