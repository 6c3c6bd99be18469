package io.retort.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.retort.EmbeddedCluster;
import io.retort.TinyJob;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole job through spark-submit, on a standalone cluster whose two executors are processes of their own. */
class RunIT {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private Path directory;

    @Test
    void trainsAStudentOnBothExecutorsOfACluster() throws Exception {
        Path conf = TinyJob.in(directory).conf();
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
        assertThat(executors()).hasSize(2).allSatisfy(this::hadNothingButSpark);

        JsonNode report = JSON.readTree(
                onlyChild(root.resolve("runs/tiny")).resolve("report.json").toFile());
        assertThat(report.at("/dataset/trainSamples").asInt()).isEqualTo(TinyJob.TRAIN);
        assertThat(report.at("/cache/labelled").asInt()).isEqualTo((TinyJob.TRAIN + TinyJob.TEST) / TinyJob.SHARD);
        assertThat(report.at("/environment/replicas").asText()).isEqualTo("2");
        assertThat(report.at("/environment/peak-memory").asText())
                .matches("driver [0-9,]+ MiB, executors at most [0-9,]+ MiB");
        Map<String, Long> peaks = JSON.convertValue(report.at("/peakMemory"), new TypeReference<>() {});
        assertThat(peaks).containsOnlyKeys("driver", "executor 0", "executor 1");
        // A JVM with Spark and the native libraries has more, and an executor here may have 1 GiB of heap and 2 beside
        // it.
        assertThat(peaks.values()).allSatisfy(bytes -> assertThat(bytes).isBetween(150L << 20, 3L << 30));
        // Two clouds of points four deviations apart: whoever did not learn is right about half of the time.
        assertThat(report.at("/teacher/accuracy").asDouble()).isGreaterThan(0.95);
        assertThat(report.at("/students/0/stages/0/figures/accuracy").asDouble())
                .isGreaterThan(0.95);
        assertThat(report.at("/students/0/export/parity/labelAgreement").asDouble())
                .isEqualTo(1);
        assertThat(report.at("/slots/train teacher/used").asInt()).isEqualTo(2);
        assertThat(executorsByStageOfTwo(events))
                .as("jobs whose steps both executors make together, 16 steps of 128 first")
                .hasSizeGreaterThanOrEqualTo(2)
                .allSatisfy(executors -> assertThat(executors).containsOnlyKeys("0", "1"));
    }

    /** The directories that Spark's workers gave to executors. */
    private List<Path> executors() throws IOException {
        try (Stream<Path> files = Files.walk(directory.resolve("cluster"), 4)) {
            return files.filter(file -> file.endsWith("stderr"))
                    .map(Path::getParent)
                    .toList();
        }
    }

    /**
     * It was started with Spark's jars on its class path, and Retort's jar, natives inside, has come to it from the
     * driver.
     */
    private void hadNothingButSpark(Path executor) throws IOException {
        String command = Files.readAllLines(executor.resolve("stderr")).stream()
                .filter(line -> line.startsWith("Spark Executor Command: "))
                .findFirst()
                .orElseThrow();
        Path home = directory.resolve("cluster");
        // Newer Spark names the directory with a slash behind it, older without.
        assertThat(command.split("\"-cp\" \"", 2)[1]
                        .split("\"", 2)[0]
                        .replace("/conf/", "/conf")
                        .split(":", -1))
                .containsExactlyInAnyOrder(home + "/conf", home + "/jars/*");
        assertThat(executor.resolve("retort.jar")).exists().hasSize(Files.size(Path.of("target", "retort.jar")));
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
