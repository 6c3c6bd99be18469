package io.retort.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.retort.report.Report;
import io.retort.report.SummaryTable;
import io.retort.storage.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run on files in the format of CIFAR-10's binary version: coloured pictures whose ten classes are colours and places. */
class CifarRunTest {
    private static final int SIDE = 32;

    @TempDir
    private Path directory;

    @Test
    void aStudentLearnsColouredPictures() throws IOException {
        Files.write(directory.resolve("data_batch_1.bin"), records(500, 1));
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(directory.resolve("data_batch_2.bin.gz")))) {
            out.write(records(268, 2));
        }
        Files.write(directory.resolve("test_batch.bin"), records(200, 3));
        Path run = SmallRun.execute("""
                name = cifar
                data { samples-per-shard = 256
                  train { kind = cifar, paths = ["%1$s/data_batch_*"] }
                  test { kind = cifar, paths = ["%1$s/test_batch.bin"] } }
                teacher { kind = network, architecture { kind = conv-net, chain = [cbr8, max, cbr16, max] }
                  training { epochs = 4, batch-size = 64, learning-rate.rate = 1e-2 } }
                students = [{ name = small, architecture { kind = conv-net, chain = [cbr6, max, dws8, max] }
                  training { epochs = 4, batch-size = 64, learning-rate.rate = 2e-2, views { flip = horizontal, count = 2 } }
                  losses = [{ kind = cross-entropy, weight = 0.5 }, { kind = soft-target, weight = 0.5 }] }]
                """.formatted(directory), directory.resolve("root"), line -> {});
        Report report = Json.parse(Files.readString(run.resolve("report.json")), Report.class);
        assertThat(report.dataset().shape()).containsExactly(3, SIDE, SIDE);
        assertThat(report.dataset().trainSamples()).isEqualTo(768);
        assertThat(report.dataset().classes()).hasSize(10);
        assertThat(report.teacher().accuracy()).isGreaterThan(0.6);
        assertThat(report.students().get(0).distilled().accuracy()).isGreaterThan(0.5);
        assertThat(SummaryTable.of(report)).containsPattern("(?m)^ *small +\\| ");
        assertThat(run.resolve("student-small-seed1.onnx")).exists();
    }

    /** A byte for the label, then 1,024 for each of red, green and blue. */
    private static byte[] records(int count, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int record = 0; record < count; record++) {
            int label = random.nextInt(10);
            out.write(label);
            for (int colour = 0; colour < 3; colour++) {
                for (int pixel = 0; pixel < SIDE * SIDE; pixel++) {
                    boolean isLeft = pixel % SIDE < SIDE / 2;
                    boolean isTop = pixel < SIDE * SIDE / 2;
                    boolean isBright = label == 9
                            ? isTop
                            : colour == label % 3
                                    && switch (label / 3) {
                                        case 0 -> isTop;
                                        case 1 -> !isTop;
                                        default -> true;
                                    };
                    out.write(random.nextInt(120) + (isBright ? 80 : 0) + (isLeft ? 10 : 0));
                }
            }
        }
        return out.toByteArray();
    }
}
