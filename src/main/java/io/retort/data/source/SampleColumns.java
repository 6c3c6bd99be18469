package io.retort.data.source;

import io.retort.data.Samples;
import io.retort.data.Schema;
import java.util.Arrays;

/** Gathers at most a given number of samples. */
public final class SampleColumns {
    private final Schema schema;
    private final long[] ids;
    private final int[] labels;
    private final byte[] features;
    private int count;

    public SampleColumns(Schema schema, int most) {
        this.schema = schema;
        ids = new long[most];
        labels = new int[most];
        features = new byte[Math.multiplyExact(most, schema.featureBytes())];
    }

    boolean isFull() {
        return count == ids.length;
    }

    /** Adds a sample whose label, if it has one, and features have been checked. */
    public void add(long id, int label, float[] values) {
        ids[count] = id;
        labels[count] = label;
        schema.element().encode(values, 0, features, count * schema.featureBytes(), values.length);
        count++;
    }

    public Samples samples() {
        return isFull()
                ? new Samples(schema, ids, labels, features)
                : new Samples(
                        schema,
                        Arrays.copyOf(ids, count),
                        Arrays.copyOf(labels, count),
                        Arrays.copyOf(features, count * schema.featureBytes()));
    }
}
