package io.retort;

import io.retort.data.DataType;
import io.retort.data.Labels;
import io.retort.data.Samples;
import io.retort.data.Schema;
import io.retort.network.Shape;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;

/** Made-up pictures of 8 × 8 pixels in three classes, which are told apart by where a noisy picture is brighter. */
public final class Pictures {
    public static final Schema SCHEMA =
            new Schema(Shape.image(1, 8, 8), DataType.UINT8, List.of("left", "middle", "right"));

    private static final int SIDE = 8;

    private Pictures() {}

    /** Pictures whose ids count from {@code firstId}; each is a function of its id. */
    public static Samples of(int count, long firstId) {
        long[] ids = new long[count];
        int[] labels = new int[count];
        byte[] features = new byte[count * SCHEMA.featureBytes()];
        for (int i = 0; i < count; i++) {
            Random random = new Random(31 * (firstId + i) + 7);
            ids[i] = firstId + i;
            labels[i] = random.nextInt(SCHEMA.classes());
            for (int p = 0; p < SIDE * SIDE; p++) {
                int column = p % SIDE;
                boolean bright = column >= 3 * labels[i] && column < 3 * labels[i] + 2;
                features[i * SIDE * SIDE + p] = (byte) (random.nextInt(160) + (bright ? 60 : 0));
            }
        }
        return new Samples(SCHEMA, ids, Labels.ofClasses(labels), features);
    }

    /** Writes pictures as a pair of IDX files. */
    public static void write(Samples samples, Path images, Path labels) throws IOException {
        try (DataOutputStream out = new DataOutputStream(Files.newOutputStream(images))) {
            out.writeInt(0x00000803); // unsigned bytes, 3 dimensions
            out.writeInt(samples.count());
            out.writeInt(SIDE);
            out.writeInt(SIDE);
            out.write(samples.features());
        }
        try (DataOutputStream out = new DataOutputStream(Files.newOutputStream(labels))) {
            out.writeInt(0x00000801);
            out.writeInt(samples.count());
            for (int label : samples.labels().classes()) {
                out.writeByte(label);
            }
        }
    }
}
