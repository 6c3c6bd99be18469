package io.retort.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.retort.TinyJob;
import io.retort.recipe.Recipe;
import io.retort.report.Report;
import io.retort.report.StudentSection;
import io.retort.run.progress.Stopwatch;
import io.retort.run.record.RunContext;
import io.retort.run.record.RunDirectory;
import io.retort.spark.LocalSpark;
import io.retort.spark.PeakMemory;
import io.retort.spark.TaskSlots;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same recipe with all trainings at once and one after the other. Two of its students are the same network. */
class SideBySideRunTest {
    @TempDir
    private static Path directory;

    @Test
    void givesTheSameReportAndFilesAsOneAfterTheOther() throws IOException {
        String tiny = Files.readString(TinyJob.in(directory).conf());
        Recipe recipe = SmallRun.bound(tiny + "seeds = [2, 1]\nstudents = [" + student("one") + student("two") + "]\n");
        Made alone = made(recipe, directory.resolve("alone"), TaskSlots.fixed(1));
        Made together = made(recipe, directory.resolve("together"), TaskSlots.fixed(8));
        assertThat(together.report().students())
                .extracting(student -> student.name() + " " + student.seed())
                .containsExactly("one 2", "one 1", "two 2", "two 1");
        for (int i = 0; i < 4; i++) {
            StudentSection one = alone.report().students().get(i);
            StudentSection other = together.report().students().get(i);
            assertThat(List.of(
                            other.stages().get(0).curves(),
                            other.baselineCurves(),
                            other.stages().get(0).figures().confusion(),
                            other.gain(),
                            other.export()))
                    .isEqualTo(List.of(
                            one.stages().get(0).curves(),
                            one.baselineCurves(),
                            one.stages().get(0).figures().confusion(),
                            one.gain(),
                            one.export()));
        }
        // The networks are equal, so they were trained and measured once.
        assertThat(together.report().students().get(2).stages())
                .isEqualTo(together.report().students().get(0).stages());
        assertThat(together.files()).isEqualTo(alone.files()).hasSize(4 * 5);
        assertThat(together.said())
                .filteredOn(line -> line.endsWith("trained before, taken from the store"))
                .hasSize(4)
                .allMatch(line -> line.matches("(one|two) seed [12]( baseline)?: .*"));
        assertThat(together.said().stream().filter(line -> line.matches("train (one|two) seed .* rows")))
                .hasSize(4);
    }

    private static String student(String name) {
        return """
                { name = %s, architecture { kind = mlp, hidden = [4] }
                  training { epochs = 2, batch-size = 16, learning-rate { rate = 3e-2 } }
                  losses = [soft-target] }
                """.formatted(name);
    }

    private record Made(Report report, Map<String, byte[]> contents, List<String> said) {
        Map<String, Integer> files() {
            Map<String, Integer> files = new TreeMap<>();
            contents.forEach((name, bytes) -> files.put(name, Arrays.hashCode(bytes)));
            return files;
        }
    }

    private static Made made(Recipe recipe, Path root, TaskSlots slots) throws IOException {
        List<String> said = new ArrayList<>();
        RunContext context = SmallRun.context(root, said::add);
        try (RunDirectory run = RunDirectory.create(context, recipe, Map.of(), "key");
                PeakMemory memory = PeakMemory.watch(LocalSpark.context())) {
            RunScope scope = new RunScope(
                    LocalSpark.context(),
                    context,
                    recipe,
                    run,
                    new Stopwatch(context.clock()),
                    memory,
                    new SideBySide(slots, () -> {}));
            Report report = new RunStages(scope, Optional.empty(), 2).report();
            return new Made(report, students(Path.of(run.path().toUri().getPath())), said);
        }
    }

    private static Map<String, byte[]> students(Path run) throws IOException {
        Map<String, byte[]> files = new TreeMap<>();
        try (Stream<Path> all = Files.walk(run)) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                String name = run.relativize(file).toString();
                if (name.startsWith("student-") && !name.endsWith(".crc")) {
                    files.put(name, Files.readAllBytes(file));
                }
            }
        }
        return files;
    }
}
