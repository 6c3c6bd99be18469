package io.retort.scaling;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.retort.Pictures;
import io.retort.config.ConfigSource;
import io.retort.recipe.Kinds;
import io.retort.recipe.Recipe;
import io.retort.report.Report;
import io.retort.report.Report.SlotsSection;
import io.retort.report.SampleReport;
import io.retort.storage.Storage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EarlierTimesTest {
    private static final Map<String, String> HERE = Map.of("cpu", "this one", "master", "local[4]");

    @TempDir
    private Path directory;

    @BeforeEach
    void write() throws IOException {
        Pictures.write(Pictures.of(300, 0), directory.resolve("images"), directory.resolve("labels"));
    }

    private Recipe recipe(String more) {
        String text = """
                name = w
                data {
                  samples-per-shard = 128
                  train { kind = idx, images = ["%1$s/images"], labels = ["%1$s/labels"], classes = 3 }
                  test = ${data.train}
                }
                teacher { kind = network, architecture { kind = mlp, hidden = [4] } }
                students = [{ name = s, architecture { kind = mlp, hidden = [4] }, losses = [soft-target] }]
                seeds = [1]
                %2$s
                """.formatted(directory, more);
        return Kinds.binder().bind(ConfigSource.text("w.conf", text).withEnvironment(Map.of()), Recipe.class);
    }

    /** Of a run on 4 slots, each stage of which took a minute. */
    private static Report report(Recipe recipe, List<Integer> shape, Map<String, String> environment)
            throws IOException {
        return report(recipe, shape, environment, Map.of("label", 60.0, "train teacher", 60.0, "train s seed 1", 60.0));
    }

    private static Report report(
            Recipe recipe, List<Integer> shape, Map<String, String> environment, Map<String, Double> seconds)
            throws IOException {
        Report plain = SampleReport.of("w", List.of("a", "b", "c"));
        return new Report(
                Report.VERSION,
                "w",
                "the run",
                plain.started(),
                new Report.DatasetSection(
                        "a",
                        "b",
                        300,
                        300L,
                        300,
                        Optional.empty(),
                        "accuracy",
                        shape,
                        List.of("a"),
                        List.of(),
                        "images",
                        Map.of()),
                plain.teacher(),
                plain.students(),
                plain.summary(),
                seconds,
                Map.of("label", 1000.0, "train teacher", 100.0, "train s seed 1", 50.0),
                Map.of(
                        "train teacher", new SlotsSection(2, 2, 4, Optional.empty()),
                        "train s seed 1", new SlotsSection(4, 4, 4, Optional.empty()),
                        "train s seed 1 baseline", new SlotsSection(2, 2, 4, Optional.empty())),
                plain.cache(),
                environment,
                Map.of(),
                List.of(),
                List.of(),
                new ObjectMapper().readTree(Kinds.canonical().text(recipe)));
    }

    private EarlierTimes times(Recipe now, Report report) {
        PlannedWorkload planned = PlannedWorkload.of(now, Storage.of(new Configuration()));
        return EarlierTimes.of(report, now, planned, "this one");
    }

    private List<Integer> shape(Recipe recipe) {
        return PlannedWorkload.of(recipe, Storage.of(new Configuration()))
                .schema()
                .shape()
                .sizes();
    }

    @Test
    void givesTheSecondsOfASlotPerRow() throws IOException {
        Recipe recipe = recipe("");
        EarlierTimes times = times(recipe, report(recipe, shape(recipe), HERE));
        assertThat(times.run()).isEqualTo("the run");
        assertThat(times.labelled()).isEqualTo(4 / 1000.0);
        // the student shared the 4 slots with its baseline, which computed nothing: it was in the store
        assertThat(times.trained()).isEqualTo(Map.of("teacher", 2 / 100.0, "s seed 1", 2 / 50.0));
    }

    @Test
    void epochsChangeNoTimeOfARow() throws IOException {
        Recipe then = recipe("teacher.training.epochs = 7");
        assertThat(times(recipe("teacher.training.epochs = 9"), report(then, shape(then), HERE))
                        .trained())
                .containsKey("teacher");
    }

    @Test
    void stagesThatTookSecondsAreProbed() throws IOException {
        Recipe recipe = recipe("");
        Report report = report(
                recipe, shape(recipe), HERE, Map.of("label", 19.0, "train teacher", 6.0, "train s seed 1", 21.0));
        assertThat(times(recipe, report))
                .returns(0.0, EarlierTimes::labelled)
                .satisfies(times -> assertThat(times.trained()).containsOnlyKeys("s seed 1"));
    }

    @Test
    void stagesWithOtherSettingsAreProbed() throws IOException {
        Recipe then = recipe("");
        Report report = report(then, shape(then), HERE);
        EarlierTimes times = times(recipe("teacher.training.batch-size = 48"), report);
        assertThat(times.trained()).containsOnlyKeys("s seed 1");
        assertThat(times.labelled()).isZero();
        assertThat(times(recipe("labels.batch-size = 48"), report))
                .returns(0.0, EarlierTimes::labelled)
                .satisfies(changed -> assertThat(changed.trained()).hasSize(2));
    }

    @Test
    void otherMachinesAndOtherDataTellNothing() throws IOException {
        Recipe recipe = recipe("");
        List<Integer> shape = shape(recipe);
        assertThat(times(recipe, report(recipe, List.of(1, 2, 2), HERE))).isEqualTo(EarlierTimes.none());
        assertThat(times(recipe, report(recipe, shape, Map.of("cpu", "another", "master", "local[4]"))))
                .isEqualTo(EarlierTimes.none());
        assertThat(times(recipe, report(recipe, shape, Map.of("cpu", "this one", "master", "spark://host:7077"))))
                .isEqualTo(EarlierTimes.none());
    }
}
