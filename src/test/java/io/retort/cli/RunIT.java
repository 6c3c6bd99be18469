package io.retort.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.retort.EmbeddedCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole job through spark-submit, on a standalone cluster whose two executors are processes of their own. */
class RunIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int SHARD = 128;
    private static final int TRAIN = 8 * SHARD;
    /** Three shards, so that only the rounds of training are stages of two tasks. */
    private static final int TEST = 3 * SHARD;

    private static final int EPOCHS = 2;
    private static final int TRAININGS = 3; // teacher, student, baseline
    private static final int ROUNDS = TRAININGS * EPOCHS * TRAIN / SHARD / 2;

    @TempDir
    private Path directory;

    @Test
    void trainsAStudentOnBothExecutorsOfACluster() throws Exception {
        writeCsv("train.csv", TRAIN, 1);
        writeCsv("test.csv", TEST, 2);
        Path conf = Files.writeString(directory.resolve("tiny.conf"), recipe());
        Path events = Files.createDirectory(directory.resolve("events"));
        Path root = directory.resolve("root");
        List<String> sparkOptions = List.of(
                "--conf",
                "spark.eventLog.enabled=true",
                "--conf",
                "spark.eventLog.compress=false",
                "--conf",
                "spark.eventLog.dir=" + events.toUri());
        try (EmbeddedCluster cluster =
                EmbeddedCluster.start(Files.createDirectory(directory.resolve("cluster")), 2, 1)) {
            EmbeddedCluster.Outcome outcome = cluster.start(
                            sparkOptions,
                            "run",
                            conf.toString(),
                            "--root",
                            root.toUri().toString())
                    .outcome(Duration.ofMinutes(4));
            assertThat(outcome.exitCode()).as(outcome::logTail).isZero();
        }

        JsonNode report = JSON.readTree(
                onlyChild(root.resolve("runs/tiny")).resolve("report.json").toFile());
        assertThat(report.at("/dataset/trainSamples").asInt()).isEqualTo(TRAIN);
        assertThat(report.at("/cache/labelled").asInt()).isEqualTo((TRAIN + TEST) / SHARD);
        assertThat(report.at("/environment/replicas").asText()).isEqualTo("2");
        // Two clouds of points four deviations apart: whoever did not learn is right about half of the time.
        assertThat(report.at("/teacher/accuracy").asDouble()).isGreaterThan(0.95);
        assertThat(report.at("/students/0/stages/0/figures/accuracy").asDouble())
                .isGreaterThan(0.95);
        assertThat(report.at("/students/0/export/parity/labelAgreement").asDouble())
                .isEqualTo(1);
        assertThat(executorsByStageOfTwo(events))
                .hasSizeGreaterThanOrEqualTo(ROUNDS)
                .allSatisfy(executors -> assertThat(executors).containsOnlyKeys("0", "1"));
    }

    private String recipe() {
        return """
                name = tiny
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
                trainer { kind = averaging, replicas = 2 }
                students = [{
                  name = small
                  architecture { kind = mlp, hidden = [4] }
                  training { epochs = %d, batch-size = 16, learning-rate { rate = 3e-2 } }
                  losses = [soft-target]
                }]
                """.formatted(
                        SHARD,
                        directory.resolve("train.csv").toUri(),
                        directory.resolve("test.csv").toUri(),
                        EPOCHS,
                        EPOCHS);
    }

    /** Points around (−2, −2) and (2, 2), with deviation 1 in either direction. */
    private void writeCsv(String name, int rows, long seed) throws IOException {
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
        Files.writeString(directory.resolve(name), csv);
    }

    /** For each stage that had two tasks, how many of them each executor ended. */
    private static Collection<Map<String, Integer>> executorsByStageOfTwo(Path events) throws IOException {
        Map<Integer, Map<String, Integer>> byStage = new TreeMap<>();
        for (String line : Files.readAllLines(onlyChild(events))) {
            JsonNode event = JSON.readTree(line);
            if (event.path("Event").asText().equals("SparkListenerTaskEnd")) {
                byStage.computeIfAbsent(event.path("Stage ID").asInt(), stage -> new TreeMap<>())
                        .merge(event.at("/Task Info/Executor ID").asText(), 1, Integer::sum);
            }
        }
        return byStage.values().stream()
                .filter(tasks ->
                        tasks.values().stream().mapToInt(Integer::intValue).sum() == 2)
                .toList();
    }

    private static Path onlyChild(Path parent) throws IOException {
        try (Stream<Path> children = Files.list(parent)) {
            List<Path> found = children.filter(
                            child -> !child.getFileName().toString().startsWith("."))
                    .toList();
            assertThat(found).hasSize(1);
            return found.get(0);
        }
    }
}
