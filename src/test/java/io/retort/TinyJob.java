package io.retort;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Random;

/**
 * The smallest whole job: a teacher and a student that tell two clouds of points apart, on two replicas.
 *
 * @param conf the recipe
 */
public record TinyJob(Path conf) {
    public static final String NAME = "tiny";
    public static final int SHARD = 128;
    public static final int TRAIN = 8 * SHARD;
    /** Three shards, so that only the rounds of training are stages of two tasks. */
    public static final int TEST = 3 * SHARD;

    public static final int EPOCHS = 2;
    /** Teacher, student, baseline. */
    public static final int TRAININGS = 3;

    /** Writes data and recipe. */
    public static TinyJob in(Path directory) throws IOException {
        writeCsv(directory.resolve("train.csv"), TRAIN, 1);
        writeCsv(directory.resolve("test.csv"), TEST, 2);
        return new TinyJob(Files.writeString(directory.resolve("tiny.conf"), recipe(directory)));
    }

    private static String recipe(Path directory) {
        return """
                name = %s
                data {
                  samples-per-shard = %d
                  train { kind = csv, paths = ["%s"], label = class, classes = 2 }
                  test { kind = csv, paths = ["%s"], label = class, classes = 2 }
                }
                teacher {
                  kind = network
                  architecture { kind = mlp, hidden = [16] }
                  training { epochs = %d, batch-size = 16, learning-rate { rate = 1e-2 } }
                }
                trainer { micro-batch = 8 }
                students = [{
                  name = small
                  architecture { kind = mlp, hidden = [4] }
                  training { epochs = %d, batch-size = 16, learning-rate { rate = 3e-2 } }
                  losses = [soft-target]
                }]
                """.formatted(
                        NAME,
                        SHARD,
                        directory.resolve("train.csv").toUri(),
                        directory.resolve("test.csv").toUri(),
                        EPOCHS,
                        EPOCHS);
    }

    /** Points around (−2, −2) and (2, 2), with deviation 1 in either direction. */
    private static void writeCsv(Path file, int rows, long seed) throws IOException {
        Random random = new Random(seed);
        StringBuilder csv = new StringBuilder("x,y,class\n");
        for (int row = 0; row < rows; row++) {
            int label = row % 2;
            double centre = 4 * label - 2;
            csv.append(String.format(
                    Locale.ROOT,
                    "%.4f,%.4f,%d%n",
                    centre + random.nextGaussian(),
                    centre + random.nextGaussian(),
                    label));
        }
        Files.writeString(file, csv);
    }
}
