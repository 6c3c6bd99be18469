package io.retort.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.StringJoiner;

/**
 * A made-up table of eight classes, with a recipe for it: each class is three Gaussian clusters in 12 dimensions, which are turned into 24 columns with noise. The
 * clusters overlap, so that the best accuracy is about 89 %.
 */
final class MadeTable {
    private static final int DIMENSIONS = 12;
    private static final int COLUMNS = 24;
    private static final int CLUSTERS = 24;
    private static final int CLASSES = 8;
    private static final double SPREAD = 1.1;
    private static final double NOISE = 0.5;
    private static final int TEST_ROWS = 8192;

    private final Random random = new Random(17);
    private final double[][] centres = normal(CLUSTERS, SPREAD);
    private final double[][] turn = normal(COLUMNS, 1);

    private MadeTable() {}

    /** Writes the table and its recipe, whose teacher is an MLP, and returns the recipe. */
    static Path write(Path directory, int rows) throws IOException {
        MadeTable table = new MadeTable();
        Files.createDirectories(directory);
        Files.write(directory.resolve("train.csv"), table.lines(rows));
        Files.write(directory.resolve("test.csv"), table.lines(TEST_ROWS));
        return Files.writeString(directory.resolve("table.conf"), """
                name = table
                data {
                  samples-per-shard = 256
                  train { kind = csv, paths = ["%1$strain.csv"], label = label, classes = 8 }
                  test { kind = csv, paths = ["%1$stest.csv"], label = label, classes = 8 }
                }
                teacher {
                  kind = network
                  architecture { kind = mlp, hidden = [64, 64] }
                  training { epochs = 4, batch-size = 32, learning-rate { rate = 5e-3 } }
                }
                """.formatted(directory.toUri()));
    }

    private double[][] normal(int count, double deviation) {
        double[][] values = new double[count][DIMENSIONS];
        for (double[] row : values) {
            for (int i = 0; i < DIMENSIONS; i++) {
                row[i] = deviation * random.nextGaussian();
            }
        }
        return values;
    }

    private List<String> lines(int rows) {
        List<String> lines = new ArrayList<>();
        StringJoiner header = new StringJoiner(",");
        for (int column = 0; column < COLUMNS; column++) {
            header.add("x" + column);
        }
        lines.add(header.add("label").toString());
        for (int row = 0; row < rows; row++) {
            lines.add(line());
        }
        return lines;
    }

    private String line() {
        int cluster = random.nextInt(CLUSTERS);
        double[] point = new double[DIMENSIONS];
        for (int i = 0; i < DIMENSIONS; i++) {
            point[i] = centres[cluster][i] + random.nextGaussian();
        }
        StringJoiner line = new StringJoiner(",");
        for (double[] direction : turn) {
            double value = NOISE * random.nextGaussian();
            for (int i = 0; i < DIMENSIONS; i++) {
                value += direction[i] * point[i];
            }
            line.add(String.format(Locale.ROOT, "%.3f", value));
        }
        return line.add(Integer.toString(cluster % CLASSES)).toString();
    }
}
