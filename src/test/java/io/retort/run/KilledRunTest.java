package io.retort.run;

import static java.nio.file.StandardWatchEventKinds.ENTRY_CREATE;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.retort.RetortProcess;
import io.retort.config.ConfigSource;
import io.retort.recipe.Kinds;
import io.retort.recipe.Recipe;
import io.retort.search.SearchRun;
import io.retort.search.SearchRun.Template;
import io.retort.spark.LocalSpark;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same command again after {@code kill -9}. */
class KilledRunTest {
    private static final long PATIENCE_SECONDS = 600;

    @TempDir
    private Path directory;

    @Test
    void goesOnAndEndsWithTheBytesOfAnUndisturbedRun() throws Exception {
        SmallRun small = SmallRun.in(directory);
        Path recipe = Files.writeString(
                directory.resolve("killed.conf"),
                small.recipe("killed", "[1]", SmallRun.CONV) + SmallRun.BRIEF_TEACHER);
        Path undisturbed = execute(recipe, directory.resolve("undisturbed"), new ArrayList<>());

        Path root = directory.resolve("root");
        // The first training is the teacher's, the second the student's or its baseline's.
        kill("run", recipe, root, "store/checkpoints", ".safetensors", trainings -> trainings.size() >= 2);
        List<String> said = new ArrayList<>();
        Path resumed = execute(recipe, root, said);

        assertThat(said).contains("teacher: trained before, taken from the store");
        assertThat(said).anyMatch(line -> line.matches("train conv seed 1( baseline)?: goes on after epoch [12] of 3"));
        for (String file : List.of("student-conv-seed1.onnx", "student-conv-seed1/tensors.safetensors")) {
            assertThat(resumed.resolve(file)).hasSameBinaryContentAs(undisturbed.resolve(file));
        }
        assertThat(curves(resumed)).hasSize(3).isEqualTo(curves(undisturbed));
    }

    /** Those of teacher, student and baseline. */
    private static List<JsonNode> curves(Path run) throws IOException {
        JsonNode report = new ObjectMapper().readTree(run.resolve("report.json").toFile());
        List<JsonNode> curves = new ArrayList<>();
        List.of("/teacher/curves", "/students/0/stages/0/curves", "/students/0/baselineCurves")
                .forEach(place -> report.at(place).forEach(curves::add));
        return curves;
    }

    private static Path execute(Path recipe, Path root, List<String> said) throws IOException {
        return SmallRun.execute(Files.readString(recipe), root, said::add);
    }

    /**
     * Killed when a student or its baseline has been measured and is about to be calibrated, and again when the first
     * temperature or bias has been kept and the calibrated network is about to be measured.
     */
    @Test
    void calibrationsOfAKilledRunAreThoseOfAnUndisturbedOne() throws Exception {
        String student = """
                { name = %s, architecture { kind = conv-net, chain = [cbr6, max, dws8, max] }, losses = [soft-target]
                  training { epochs = %d, batch-size = 64, learning-rate { rate = 1e-2 } }, calibration = %s }
                """;
        Path recipe = Files.writeString(
                directory.resolve("calibrated.conf"),
                SmallRun.in(directory)
                                .recipe(
                                        "calibrated",
                                        "[1]",
                                        student.formatted("cooled", 1, "temperature"),
                                        student.formatted(
                                                "biased",
                                                2,
                                                "{ kind = mean-probability, classes = [\"1\"], rows = validation }"))
                        + SmallRun.BRIEF_TEACHER
                        + "data { train.limit = 1024, validation.fraction = 0.2, unseen-classes = [\"1\"] }\n");
        Path undisturbed = execute(recipe, directory.resolve("undisturbed"), new ArrayList<>());

        Path root = directory.resolve("root");
        String evaluations = "store/evaluations";
        kill("run", recipe, root, evaluations, ".json", found -> holding(found, "\"latency\"") >= 2);
        kill("run", recipe, root, evaluations, ".json", found -> holding(found, "\"calibration\"") >= 1);
        List<String> said = new ArrayList<>();
        Path resumed = execute(recipe, root, said);

        assertThat(said).contains("teacher: trained before, taken from the store");
        for (String name : List.of("cooled", "biased")) {
            for (String file : List.of(".onnx", "/calibration.json")) {
                assertThat(resolve(resumed, name, file)).hasSameBinaryContentAs(resolve(undisturbed, name, file));
            }
        }
        assertThat(figures(resumed)).hasSize(2 * (2 * 2 + 1)).isEqualTo(figures(undisturbed));
    }

    private static Path resolve(Path run, String student, String file) {
        return run.resolve("student-" + student + "-seed1" + file);
    }

    /** Those of each student's two stages, with the calibrations, and of its baseline; latencies are measured anew. */
    private static List<JsonNode> figures(Path run) throws IOException {
        List<JsonNode> figures = new ArrayList<>();
        for (JsonNode student :
                new ObjectMapper().readTree(run.resolve("report.json").toFile()).path("students")) {
            for (JsonNode stage : student.path("stages")) {
                figures.add(stage.at("/figures/metrics"));
                figures.add(stage.path("calibration"));
            }
            figures.add(student.at("/baseline/metrics"));
        }
        return figures;
    }

    @Test
    void aKilledSearchGoesOnAndEndsAsAnUndisturbedOne() throws Exception {
        String text = SmallRun.in(directory).recipe("searched", "[1]", SmallRun.CONV) + SmallRun.BRIEF_TEACHER + """
                data { train.limit = 1024, validation.fraction = 0.25 }
                search {
                  space.dimensions = [
                    { key = "architecture.chain[0]", values = [cbr2, cbr4, cbr6, cbr8] }
                    { key = "architecture.chain[2]", values = [dws4, dws6, dws8, cbr4] }
                  ]
                  strategy { kind = surrogate, start-up = 3 }
                  budget.candidates = 8
                }
                """;
        Path recipe = Files.writeString(directory.resolve("searched.conf"), text);
        JsonNode undisturbed = searched(text, directory.resolve("undisturbed"), new ArrayList<>());

        Path root = directory.resolve("root");
        // Those of the teacher and of three candidates; the fifth training has begun or is about to.
        kill("search", recipe, root, "store/networks", "", networks -> networks.size() >= 4);
        List<String> said = new ArrayList<>();
        JsonNode resumed = searched(text, root, said);

        assertThat(said)
                .filteredOn(line -> line.contains("trained before, taken from the store"))
                .hasSizeBetween(4, 8);
        assertThat(resumed.path("searches")).hasSize(1).isEqualTo(undisturbed.path("searches"));
        assertThat(resumed.at("/searches/0/trials")).hasSize(8);
    }

    private static JsonNode searched(String text, Path root, List<String> said) throws IOException {
        Template template = overrides ->
                Kinds.binder().bind(ConfigSource.text("searched.conf", text).overriddenBy(overrides), Recipe.class);
        List<String> lines = Collections.synchronizedList(said);
        SearchRun.Result result = new SearchRun(
                        LocalSpark.context(), SmallRun.context(root, lines::add), template.with(List.of()), template)
                .execute();
        return new ObjectMapper()
                .readTree(Path.of(result.directory().toUri().getPath())
                        .resolve("search.json")
                        .toFile());
    }

    private static long holding(Set<Path> files, String text) {
        return files.stream().filter(file -> read(file).contains(text)).count();
    }

    /**
     * Runs until there is enough.
     *
     * @param isEnough of the files that have come, by their names; they may have gone again
     */
    private void kill(
            String command, Path recipe, Path root, String folder, String suffix, Predicate<Set<Path>> isEnough)
            throws Exception {
        Path watched = Files.createDirectories(root.resolve(folder));
        try (WatchService watch = FileSystems.getDefault().newWatchService()) {
            watched.register(watch, ENTRY_CREATE);
            Path log = directory.resolve("killed.log");
            Process process = RetortProcess.start(log, command, recipe.toString(), "--root", root.toString());
            try {
                Set<Path> found = new HashSet<>();
                while (!isEnough.test(found)) {
                    WatchKey key = watch.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
                    assertThat(key)
                            .as(() -> "nothing more in " + folder + "; the process said: " + read(log))
                            .isNotNull();
                    for (WatchEvent<?> event : key.pollEvents()) {
                        String name = event.context().toString();
                        if (name.endsWith(suffix) && !name.startsWith(".")) {
                            found.add(watched.resolve(name));
                        }
                    }
                    key.reset();
                }
            } finally {
                process.destroyForcibly().waitFor();
            }
        }
    }

    private static String read(Path log) {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            return e.toString();
        }
    }
}
