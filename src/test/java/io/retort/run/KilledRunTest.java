package io.retort.run;

import static java.nio.file.StandardWatchEventKinds.ENTRY_CREATE;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.retort.RetortProcess;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same command again after {@code kill -9}. */
class KilledRunTest {
    private static final long PATIENCE_SECONDS = 120;

    @TempDir
    private Path directory;

    @Test
    void goesOnAndEndsWithTheBytesOfAnUndisturbedRun() throws Exception {
        SmallRun small = SmallRun.in(directory);
        Path recipe = Files.writeString(directory.resolve("killed.conf"), small.recipe("killed", "[1]", SmallRun.CONV));
        Path undisturbed = execute(recipe, directory.resolve("undisturbed"), new ArrayList<>());

        Path root = directory.resolve("root");
        // The first training is the teacher's, the second the student's or its baseline's.
        killAtFirstCheckpointOfTraining(2, recipe, root);
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

    /** Checkpoints are named by training, so a new name is that of the next one. */
    private void killAtFirstCheckpointOfTraining(int number, Path recipe, Path root) throws Exception {
        Path checkpoints = Files.createDirectories(root.resolve("store/checkpoints"));
        try (WatchService watch = FileSystems.getDefault().newWatchService()) {
            checkpoints.register(watch, ENTRY_CREATE);
            Path log = directory.resolve("killed.log");
            Process process = RetortProcess.start(log, "run", recipe.toString(), "--root", root.toString());
            try {
                Set<String> trainings = new HashSet<>();
                while (trainings.size() < number) {
                    WatchKey key = watch.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
                    assertThat(key)
                            .as(() -> "no checkpoint; the process said: " + read(log))
                            .isNotNull();
                    for (WatchEvent<?> event : key.pollEvents()) {
                        String name = event.context().toString();
                        if (name.endsWith(".safetensors") && !name.startsWith(".")) {
                            trainings.add(name);
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
