package io.retort.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.retort.EmbeddedCluster;
import io.retort.report.ConsoleTable;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What {@code retort plan} predicts for a standalone cluster of one and of two executors, beside what the same recipe then takes there:
 * {@code submit-scripts/benchmark --plan}. Keep the machine quiet, for the rates are probed at the beginning.
 */
public final class PlanAgainstRuns {
    private static final List<String> WORK = List.of(
            "conf/w1.conf",
            "-D",
            "data.train.limit=24576",
            "-D",
            "data.test.limit=2048",
            "-D",
            "teacher.training.epochs=2",
            "-D",
            "students[w1].training.epochs=4");

    /** What is done one after the other, by its timing in a report. */
    private static final List<Map.Entry<String, String>> BEFORE_STUDENTS = List.of(
            Map.entry("shard train", "shard"),
            Map.entry("shard test", "shard"),
            Map.entry("train teacher", "train teacher"),
            Map.entry("label", "label"));

    private final Path directory;
    private final ConsoleTable table = new ConsoleTable()
            .right("executors")
            .left("stage")
            .right("predicted, s")
            .right("measured, s")
            .right("measured / predicted");

    private PlanAgainstRuns(Path directory) {
        this.directory = directory;
    }

    public static void main(String[] arguments) throws IOException, InterruptedException {
        PlanAgainstRuns plan = new PlanAgainstRuns(Scratch.directory());
        JsonNode predictions = plan.predictions();
        for (JsonNode prediction : predictions) {
            if (prediction.path("executors").asInt() > 0) { // 0 is local mode
                plan.compare(prediction);
            }
        }
        System.out.println(plan.table.text());
    }

    private JsonNode predictions() throws IOException, InterruptedException {
        List<String> line = new ArrayList<>(List.of("submit-scripts/retort", "plan"));
        line.addAll(WORK);
        line.addAll(List.of("--executors", "2", "--json", "--root", root("plan")));
        Path out = directory.resolve("plan.json");
        Process process = new ProcessBuilder(line)
                .redirectOutput(out.toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        if (process.waitFor() != 0) {
            throw new IllegalStateException("no plan: " + Files.readString(out));
        }
        return new ObjectMapper().readTree(out.toFile()).path("predictions");
    }

    private void compare(JsonNode prediction) throws IOException, InterruptedException {
        int executors = prediction.path("executors").asInt();
        Path cluster = Files.createDirectory(directory.resolve("cluster-" + executors));
        String root = root("root-" + executors);
        System.err.println("running on a cluster of " + executors);
        double seconds;
        try (EmbeddedCluster running = EmbeddedCluster.start(cluster, executors, 1)) {
            List<String> run = new ArrayList<>(List.of("run"));
            run.addAll(WORK);
            run.addAll(List.of("--root", root));
            long start = System.nanoTime();
            EmbeddedCluster.Outcome outcome = running.retort(run.toArray(String[]::new));
            seconds = (System.nanoTime() - start) / 1e9;
            if (outcome.exitCode() != 0) {
                throw new IllegalStateException("the run failed:\n" + outcome.logTail());
            }
        }
        Map<String, Double> measured = measured(Path.of(URI.create(root)));
        measured.forEach((stage, took) ->
                row(executors, stage, prediction.path("stages").path(stage).asDouble(), took));
        row(
                executors,
                "all, from the command to the prompt",
                prediction.path("seconds").asDouble(),
                seconds);
    }

    /**
     * Seconds by stage, under the names that a plan gives them. Students are trained and evaluated side by side, so that their timings overlap; what they take
     * together is what is left of the time until the report was written.
     */
    private static Map<String, Double> measured(Path root) throws IOException {
        try (Stream<Path> runs = Files.list(root.resolve("runs/w1"))) {
            Path file = runs.findFirst().orElseThrow().resolve("report.json");
            JsonNode report = new ObjectMapper().readTree(file.toFile());
            JsonNode timings = report.path("timings");
            Map<String, Double> seconds = new LinkedHashMap<>();
            BEFORE_STUDENTS.forEach(timed -> seconds.merge(
                    timed.getValue(), timings.required(timed.getKey()).asDouble(), Double::sum));
            Duration until = Duration.between(
                    Instant.parse(report.required("started").asText()),
                    Files.getLastModifiedTime(file).toInstant());
            double before =
                    seconds.values().stream().mapToDouble(Double::doubleValue).sum();
            seconds.put("students", until.toMillis() / 1000.0 - before);
            return seconds;
        }
    }

    private void row(int executors, String stage, double predicted, double measured) {
        table.row(
                Integer.toString(executors),
                stage,
                number(predicted),
                number(measured),
                predicted > 0 ? Measurement.number(measured / predicted) : "");
    }

    private String root(String name) {
        return directory.resolve(name).toUri().toString();
    }

    private static String number(double seconds) {
        return String.format(Locale.ROOT, "%.1f", seconds);
    }
}
