package io.retort.data;

import io.retort.network.Shape;
import java.util.List;
import java.util.Random;

/** Small made-up data. */
public final class Digits {
    public static final Schema SCHEMA = new Schema(Shape.image(1, 4, 5), DataType.UINT8, List.of("zero", "one", "two"));

    private Digits() {}

    /** Random pixels and labels; the ids count from {@code firstId}. */
    public static Samples of(int count, long firstId) {
        Random random = new Random(firstId);
        long[] ids = new long[count];
        int[] labels = new int[count];
        byte[] features = new byte[count * SCHEMA.featureBytes()];
        random.nextBytes(features);
        for (int i = 0; i < count; i++) {
            ids[i] = firstId + i;
            labels[i] = random.nextInt(SCHEMA.classes());
        }
        return new Samples(SCHEMA, ids, Labels.ofClasses(labels), features);
    }
}
