package io.retort.data;

import java.io.Serializable;
import java.util.List;

/**
 * Rows as the run's own networks take them, in a fixed order. It takes its arrays over without a copy; they are read
 * only.
 *
 * @param ids one for each row, unique in the data set
 * @param features the stored values of all rows, one row after the other
 */
@SuppressWarnings("ArrayRecordComponent") // columns of thousands of samples, compared by key and never by equals
public record Samples(Schema schema, long[] ids, Labels labels, byte[] features) implements Serializable {
    public Samples {
        if (labels.rows() != ids.length || features.length != ids.length * schema.featureBytes()) {
            throw new IllegalArgumentException(ids.length + " ids, " + labels.rows() + " labels and " + features.length
                    + " feature bytes do not make samples of " + schema.featureBytes() + " bytes each");
        }
    }

    public int count() {
        return ids.length;
    }

    /** Writes the raw features of sample {@code index} as floats. */
    public void copyFeatures(int index, float[] values, int at) {
        int bytes = schema.featureBytes();
        schema.element()
                .decode(features, index * bytes, values, at, schema.shape().elements());
    }

    /** Takes a batch of samples. */
    @FunctionalInterface
    public interface OnBatch {
        /**
         * Takes the next samples.
         *
         * @param rows the samples' raw features {@code [count, elements]}; the array is filled anew for the next batch
         * @param from the index of the first
         */
        void accept(float[] rows, int from, int count);
    }

    /**
     * Goes through all samples in their order, as a view shows them, in batches of {@code size} and a last one of what
     * is left.
     */
    public void forEachBatch(View view, int size, OnBatch onBatch) {
        int elements = schema.shape().elements();
        float[] rows = new float[0];
        for (int from = 0; from < count(); from += size) {
            int count = Math.min(size, count() - from);
            rows = rows.length == count * elements ? rows : new float[count * elements];
            for (int i = 0; i < count; i++) {
                view.copy(this, from + i, rows, i);
            }
            onBatch.accept(rows, from, count);
        }
    }

    /** A copy of some samples, in the given order. */
    public Samples rows(int... indices) {
        int bytes = schema.featureBytes();
        Samples some =
                new Samples(schema, new long[indices.length], labels.rows(indices), new byte[indices.length * bytes]);
        for (int i = 0; i < indices.length; i++) {
            some.ids[i] = ids[indices[i]];
            System.arraycopy(features, indices[i] * bytes, some.features, i * bytes, bytes);
        }
        return some;
    }

    /** A copy of all samples of several shards of one data set, one after the other. */
    public static Samples joined(List<Samples> parts) {
        int count = parts.stream().mapToInt(Samples::count).sum();
        Schema schema = parts.get(0).schema();
        Samples whole = new Samples(
                schema,
                new long[count],
                Labels.joined(parts.stream().map(Samples::labels).toList()),
                new byte[count * schema.featureBytes()]);
        int at = 0;
        for (Samples part : parts) {
            System.arraycopy(part.ids, 0, whole.ids, at, part.count());
            System.arraycopy(part.features, 0, whole.features, at * schema.featureBytes(), part.features.length);
            at += part.count();
        }
        return whole;
    }
}
