package io.retort.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Teacher and student see the same views: a student that is its teacher has nothing to learn from it. */
class ViewRunTest {
    private static final String STUDENT = """
            { name = %s, from = teacher, losses = [logit-mse]
              training { epochs = 2, batch-size = 64, learning-rate { rate = 1e-9 }, views { %s, count = 2 } } }
            """;

    @TempDir
    private Path directory;

    @Test
    void aStudentThatIsItsTeacherSaysTheSameOfEveryView() throws IOException {
        table("train.csv", 512, 1);
        table("test.csv", 128, 2);
        String recipe = """
                name = same
                data { train { kind = csv, paths = ["%1$s/train.csv"], label = y, classes = 2 }
                  test { kind = csv, paths = ["%1$s/test.csv"], label = y, classes = 2 }, samples-per-shard = 256 }
                teacher { kind = network, architecture { kind = mlp, hidden = [16] }
                  training { epochs = 8, batch-size = 32, learning-rate { rate = 0.02 } } }
                students = [%2$s, %3$s, %4$s]
                """.formatted(
                        directory,
                        STUDENT.formatted("noisy", "resample = 0.5, noise = 0.5"),
                        STUDENT.formatted("mixed", "mixup = 1"),
                        STUDENT.formatted("both", "noise = 0.1, mixup = 0.2"));
        Path run = SmallRun.execute(recipe, directory.resolve("root"), line -> {});
        JsonNode report = new ObjectMapper().readTree(run.resolve("report.json").toFile());
        assertThat(report.at("/students")).hasSize(3);
        for (JsonNode student : report.at("/students")) {
            // plain rows beside the labels of views would have a loss of 1 and more
            JsonNode losses = curve(student).at("/loss");
            assertThat(losses).hasSize(2);
            losses.forEach(loss -> assertThat(loss.asDouble()).isBetween(0.0, 1e-3));
        }
    }

    private static JsonNode curve(JsonNode student) {
        for (JsonNode stage : student.at("/stages")) {
            if (stage.at("/kind").asText().equals("distill")) {
                return stage.at("/curves/0");
            }
        }
        throw new AssertionError("no distill stage in " + student);
    }

    /** Class 1 above the plane x0 + 2 x1 = x2. */
    private void table(String name, int rows, long seed) throws IOException {
        SplittableRandom random = new SplittableRandom(seed);
        StringBuilder text = new StringBuilder("x0,x1,x2,y\n");
        for (int i = 0; i < rows; i++) {
            double[] x = {random.nextGaussian(), random.nextGaussian(), random.nextGaussian()};
            text.append(x[0]).append(',').append(x[1]).append(',').append(x[2]);
            text.append(x[0] + 2 * x[1] > x[2] ? ",1\n" : ",0\n");
        }
        Files.writeString(directory.resolve(name), text);
    }
}
