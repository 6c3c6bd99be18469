package io.retort.run;

import io.retort.engine.onnx.ForeignTeachers;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;

/** The 16 images that the foreign teachers come with, again and again with some noise, as a data set of IDX files. */
final class ForeignData {
    static final int ROWS = 320;

    private static final int SIDE = 28;

    private ForeignData() {}

    /** Writes training and held-out rows into a directory; gives the recipe's part about them. */
    static String in(Path directory) throws IOException {
        write(directory, "train", 1);
        write(directory, "t10k", 2);
        return """
                data {
                  train { kind = idx, images = ["%1$s/train-images"], labels = ["%1$s/train-labels"], classes = 10 }
                  test { kind = idx, images = ["%1$s/t10k-images"], labels = ["%1$s/t10k-labels"], classes = 10 }
                  samples-per-shard = 160
                }
                """.formatted(directory);
    }

    private static void write(Path directory, String name, long seed) throws IOException {
        SplittableRandom random = new SplittableRandom(seed);
        float[] images = ForeignTeachers.images();
        int[] labels = ForeignTeachers.labels();
        try (DataOutputStream out = new DataOutputStream(Files.newOutputStream(directory.resolve(name + "-images")))) {
            out.writeInt(0x00000803); // unsigned bytes, 3 dimensions
            out.writeInt(ROWS);
            out.writeInt(SIDE);
            out.writeInt(SIDE);
            for (int i = 0; i < ROWS * SIDE * SIDE; i++) {
                float pixel = images[i % images.length];
                out.writeByte((int) Math.min(255, pixel + random.nextInt(8)));
            }
        }
        try (DataOutputStream out = new DataOutputStream(Files.newOutputStream(directory.resolve(name + "-labels")))) {
            out.writeInt(0x00000801);
            out.writeInt(ROWS);
            for (int row = 0; row < ROWS; row++) {
                out.writeByte(labels[row % labels.length]);
            }
        }
    }
}
