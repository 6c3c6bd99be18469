package io.retort.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs whose student learns from the teacher's taps. */
class SparkTapRunTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private Path directory;

    private final List<String> said = new ArrayList<>();

    /** One epoch of 1,024 images each. */
    private String recipe(String losses) throws IOException {
        return SmallRun.in(directory).recipe("taps", "[1]", """
                { name = conv, architecture { kind = conv-net, chain = [cbr6, max, dws8, max] }
                  training { epochs = 1, batch-size = 64 }
                  losses = [soft-target, %s] }
                """.formatted(losses))
                + "teacher.training.epochs = 1\ndata.train.limit = 1024\n";
    }

    private Path execute(String recipe) {
        return SmallRun.execute(recipe, directory.resolve("root"), said::add);
    }

    @Test
    void tapsChangeTheStudentAndNotWhatIsExported() throws IOException {
        Path plainRun = execute(recipe("cross-entropy"));
        JsonNode plain = student(plainRun);
        long labelFiles = labelFiles();
        assertThat(said).noneMatch(line -> line.contains("taps of"));

        Path taughtRun = execute(recipe("""
                { kind = hint, pairs = [{ teacher = block3.relu, student = block3.pointwise.relu }] }
                { kind = attention, pairs = [{ teacher = block1.relu, student = block3.pointwise.relu }] }
                cross-entropy
                """));
        JsonNode taught = student(taughtRun);
        assertThat(taught.at("/stages/0/figures/parameters"))
                .isEqualTo(plain.at("/stages/0/figures/parameters"))
                .isEqualTo(taught.at("/baseline/parameters")); // the connector is not exported
        assertThat(Files.readAllBytes(taughtRun.resolve("student-conv-seed1.onnx")))
                .hasSameSizeAs(Files.readAllBytes(plainRun.resolve("student-conv-seed1.onnx")))
                .isNotEqualTo(Files.readAllBytes(plainRun.resolve("student-conv-seed1.onnx")));
        // 16 maps for the hint and 1 for attention, 2 bytes each, of 14 × 14 for Fashion-MNIST and of 4 × 4 for made-up
        // images
        assertThat(said)
                .anyMatch(line -> line.matches(".*taps of conv: block3\\.relu \\[16, \\d+, \\d+] as \\[16, \\d+, \\d+],"
                        + " block1\\.relu \\[12, \\d+, \\d+] as \\[1, \\d+, \\d+]; (6664|544) bytes a row and view,"
                        + " [0-9.]+ MB for 1024 images in 1 views"))
                .anyMatch(line -> line.endsWith(
                        "labels: 2 shards labelled, 1 reused (a shard counts once for each view)")); // for their taps
        assertThat(labelFiles()).isEqualTo(labelFiles + 2 * 2); // two shards of two taps; the logits were there
    }

    @Test
    void refusesTapsThatDoNotFitBeforeAnythingIsTrained() throws IOException {
        assertThatThrownBy(() -> execute(
                        recipe("{ kind = hint, pairs = [{ teacher = block3.relu, student = block3.point.relu }] }")))
                .hasMessageStartingWith("student 'conv' does not fit the teacher: loss 'hint' names the student tap"
                        + " 'block3.point.relu', which is no node of the student's network; did you mean"
                        + " 'block3.pointwise.relu'? its taps are block1.conv, block1.norm, block1.relu, block2,");
        assertThatThrownBy(() ->
                        execute(recipe("{ kind = attention, pairs = [{ teacher = block3.relu, student = average }] }")))
                .hasMessageStartingWith(
                        "student 'conv' does not fit the teacher: loss 'attention' cannot align teacher tap"
                                + " 'block3.relu' [16, ");
        String hint = "{ kind = hint, pairs = [{ teacher = block3.relu, student = block3.pointwise.relu }] }";
        assertThatThrownBy(() -> execute(recipe(hint) + "data.samples-per-shard = 1000000\n"))
                .hasMessageMatching(
                        "student 'conv': the teacher's taps have \\d+ bytes a sample, so data.samples-per-shard must be"
                                + " at most \\d+, was 1000000; or tap nodes with fewer channels or smaller maps\nThe stack trace is in \\S+");
        assertThat(directory.resolve("root/store/networks")).doesNotExist();
    }

    private static JsonNode student(Path run) throws IOException {
        return JSON.readTree(run.resolve("report.json").toFile()).at("/students/0");
    }

    private long labelFiles() throws IOException {
        try (Stream<Path> files = Files.walk(directory.resolve("root/store/labels"))) {
            return files.filter(file -> file.toString().endsWith(".parquet")).count();
        }
    }
}
