package io.retort.scaling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.retort.Pictures;
import io.retort.config.ConfigSource;
import io.retort.distill.loss.Objective;
import io.retort.distill.loss.Signals.SignalLayout;
import io.retort.engine.TrainableNetwork.TrainingState;
import io.retort.engine.dl4j.Dl4jNetwork;
import io.retort.network.Network;
import io.retort.recipe.Kinds;
import io.retort.recipe.Recipe;
import io.retort.scaling.Workload.LabelPass;
import io.retort.scaling.Workload.TapPass;
import io.retort.scaling.Workload.Training;
import io.retort.storage.Storage;
import io.retort.teacher.PlannedTeacher.PlannedNetwork;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorkloadTest {
    private final Storage storage = Storage.of(new Configuration());

    @TempDir
    private Path directory;

    @BeforeEach
    void makeData() throws IOException {
        Pictures.write(Pictures.of(300, 0), directory.resolve("images"), directory.resolve("labels"));
    }

    private static final String NETWORK =
            "{ kind = network, architecture { kind = conv-net, chain = [cbr4, max] }, training.epochs = 2 }";

    private Recipe recipe(String limit) {
        return recipe(limit, NETWORK);
    }

    private Recipe recipe(String limit, String teacher) {
        return bound(text(limit, teacher));
    }

    private static Recipe bound(String text) {
        return Kinds.binder().bind(ConfigSource.text("w.conf", text).withEnvironment(Map.of()), Recipe.class);
    }

    private String text(String limit, String teacher) {
        return """
                name = w
                data {
                  samples-per-shard = 128
                  train { kind = idx, images = ["%1$s/images"], labels = ["%1$s/labels"], classes = 3 %2$s }
                  test = ${data.train}
                }
                teacher = %3$s
                students = [
                  { name = a, architecture { kind = mlp, hidden = [4] }
                    training { views { crop = 1, count = 3 }, optimizer = nesterov }, losses = [soft-target] }
                  { name = b, architecture { kind = mlp, hidden = [5] }, losses = [cross-entropy] }
                ]
                seeds = [1, 2]
                labels.codec = float32
                """.formatted(directory, limit, teacher);
    }

    @Test
    void countsWithoutReading() {
        Workload workload = PlannedWorkload.of(recipe(""), storage).workload();
        assertThat(workload.train().samples()).isEqualTo(300);
        assertThat(workload.train().shards()).isEqualTo(3);
        assertThat(workload.train().sampleBytes()).isEqualTo(8 + 4 + 64);
        // the views of a, since b learns from the labels alone
        assertThat(workload.lastPass().views()).isEqualTo(3);
        assertThat(workload.labelFiles()).isEqualTo(3 * 3 + 3);
        assertThat(workload.softLabelBytes()).isEqualTo((3 * 300 + 300) * (8 + 3 * 4));
        assertThat(workload.trainings())
                .extracting(Training::title, Training::taught)
                .containsExactly(
                        tuple("teacher", false),
                        tuple("a seed 1", true),
                        tuple("a seed 1 baseline", false),
                        tuple("a seed 2", true),
                        tuple("a seed 2 baseline", false),
                        // b learns from the labels alone, as its baseline does
                        tuple("b seed 1", false),
                        tuple("b seed 2", false));
    }

    /** Of 300 rows a tenth is set apart for validation, and 40 of the others keep their labels. */
    @Test
    void countsTheRowsThatEachNetworkLearnsFrom() {
        String generations = """
                { kind = born-again, architecture { kind = conv-net, chain = [cbr4, max] }, training.epochs = 2 }
                """;
        Recipe recipe = bound(text("", generations).replace("classes = 3", "class-names = [left, middle, right]")
                + "data { validation.fraction = 0.1, label-limit = 40, unseen-classes = [middle] }\n");
        long unseen = Arrays.stream(Pictures.of(300, 0).labels().classes())
                .filter(label -> label == 1)
                .count();
        Workload workload = PlannedWorkload.of(recipe, storage).workload();
        assertThat(unseen).isBetween(50L, 150L);
        assertThat(workload.trainings())
                .extracting(Training::title, Training::rows)
                .startsWith(
                        tuple("teacher generation 0", 40L),
                        tuple("teacher generation 1", 270L),
                        tuple("a seed 1", Math.round(0.9 * (300 - unseen))),
                        tuple("a seed 1 baseline", Math.round(0.9 * (300 - unseen))));
        assertThat(workload.train().samples()).isEqualTo(300);
        assertThat(workload.withTrainingSamples(3000, 128).trainings().get(1).rows())
                .isEqualTo(2700);
    }

    @Test
    void cutsBatchesAsTheTrainerDoes() {
        String batches =
                "students = [{ name = a, architecture { kind = mlp, hidden = [4] }, training.batch-size = 96, losses ="
                        + " [cross-entropy] }]\n";
        Recipe cut = bound(text("", NETWORK) + batches + "trainer.micro-batch = 20\n");
        assertThat(PlannedWorkload.of(cut, storage).workload().trainings())
                .extracting(Training::microBatches)
                .as("of 128 and 96 rows")
                .containsExactly(8, 6, 6);
        assertThat(PlannedWorkload.of(bound(text("", NETWORK) + batches), storage)
                        .workload()
                        .trainings())
                .extracting(Training::microBatches)
                .as("networks as small as these")
                .containsOnly(1);
    }

    @Test
    void obeysALimit() {
        Workload workload = PlannedWorkload.of(recipe(", limit = 129"), storage).workload();
        assertThat(workload.train().samples()).isEqualTo(129);
        assertThat(workload.train().shards()).isEqualTo(2);
    }

    @Test
    void knowsTheBytesThatReallyTravel() {
        Recipe recipe = recipe("");
        PlannedWorkload planned = PlannedWorkload.of(recipe, storage);
        PlannedNetwork network = planned.teacher().networks().get(0);
        PlannedNetwork.Training teacher = network.training().orElseThrow();
        TrainingState state = Dl4jNetwork.of(
                        Network.initialised(network.structure(), 1),
                        teacher.settings().updater(10),
                        0,
                        new Objective(List.copyOf(teacher.losses()), new SignalLayout(10, false)))
                .state();
        Training training = planned.workload().trainings().get(0);
        assertThat(planned.workload().stateBytes(training))
                .isEqualTo(4L * (state.parameters().length + state.updaterState().length));
    }

    @Test
    void knowsEveryNetworkAndEveryPassOfATeacherOfSeveral() {
        PlannedWorkload planned = PlannedWorkload.of(recipe("", """
                        { kind = ensemble, average = logits, members = [
                          %s
                          { kind = born-again, architecture { kind = conv-net, chain = [cbr4, max] }
                            training { epochs = 3, views { crop = 1, count = 2 } }, seed = 3 }
                        ] }
                        """.formatted(NETWORK)), storage);
        Workload workload = planned.workload();
        List<String> ensemble = List.of("teacher member 1", "teacher member 2 generation 1");
        assertThat(workload.passes())
                .containsExactly(
                        new LabelPass(List.of("teacher member 2 generation 0"), 2), new LabelPass(ensemble, 3));
        assertThat(workload.labelFiles()).isEqualTo((3 * 2 + 3) + (3 * 3 + 3));
        assertThat(workload.trainings().stream().limit(4))
                .extracting(Training::title, Training::after, Training::epochs, Training::taught, Training::isOfTeacher)
                .containsExactly(
                        tuple("teacher member 1", Optional.empty(), 2, false, true),
                        tuple("teacher member 2 generation 0", Optional.empty(), 3, false, true),
                        tuple("teacher member 2 generation 1", Optional.of(1), 3, true, true),
                        tuple("a seed 1", Optional.empty(), 8, true, false));
        assertThat(workload.networks()).hasSize(3 + 2).containsKeys("student a", "student b");
    }

    @Test
    void knowsWhatTapsAddAndWhoSharesThem() {
        String student = """
                students += { name = %s, architecture { kind = conv-net, chain = [cbr%d, max] }, losses = [cross-entropy,
                  { kind = %s, pairs = [{ teacher = block1.relu, student = block1.relu }] }] }
                """;
        Recipe recipe = bound(text("", NETWORK)
                + student.formatted("c", 6, "similarity-preserving")
                + student.formatted("d", 7, "similarity-preserving")
                + student.formatted("e", 8, "contrastive"));
        Workload workload = PlannedWorkload.of(recipe, storage).workload();
        // 4 channels of 8 x 8 as halves, and their mean over the map; each with the sample's id
        int map = 8 + 2 * 4 * 8 * 8;
        int mean = 8 + 2 * 4;
        assertThat(workload.tapPasses())
                .extracting(TapPass::students, TapPass::each, TapPass::views)
                .containsExactly(tuple(List.of("c", "d"), map, 1), tuple(List.of("e"), mean, 1));
        assertThat(workload.tapBytes(workload.tapPasses().get(0))).isEqualTo(300L * map);
        assertThat(workload.trainings().stream().filter(training -> training.tapBytes() > 0))
                .extracting(Training::title, Training::tapBytes)
                .containsExactly(
                        tuple("c seed 1", map - 8L),
                        tuple("c seed 2", map - 8L),
                        tuple("d seed 1", map - 8L),
                        tuple("d seed 2", map - 8L),
                        tuple("e seed 1", mean - 8L),
                        tuple("e seed 2", mean - 8L));
    }

    @Test
    void studentsThatDifferInLossesOnlyShareTheirBaselines() {
        Recipe recipe = bound(text("", NETWORK)
                + "students += { name = c, architecture { kind = mlp, hidden = [5] }, losses = [soft-target] }\n"
                + "students += { name = d, architecture { kind = mlp, hidden = [6] }, losses = [soft-target] }\n"
                + "students += { name = e, architecture { kind = mlp, hidden = [6] }, losses = [decoupled] }\n");
        assertThat(PlannedWorkload.of(recipe, storage).workload().trainings())
                .extracting(Training::title)
                .filteredOn(title -> title.endsWith("seed 1 baseline"))
                .as("b itself is the baseline of c")
                .containsExactly("a seed 1 baseline", "d seed 1 baseline");
    }

    @Test
    void whatBeginsAlikeIsTrainedOnce() {
        String student = """
                students += { name = %s, architecture { kind = mlp, hidden = [5] }, losses = [soft-target], compress = [
                  { kind = prune-weights, sparsity = 0.8, steps = 2, training.epochs = 1 }, %s] }
                """;
        Recipe recipe = bound(text("", NETWORK).replace("seeds = [1, 2]", "seeds = [1]")
                + student.formatted("c", "quantize")
                + student.formatted("d", "{ kind = prune-channels, ratio = 0.3 }, quantize")
                + student.formatted("e", "{ kind = prune-channels, ratio = 0.3, losses = [cross-entropy] }"));
        assertThat(PlannedWorkload.of(recipe, storage).workload().trainings().stream()
                        .skip(4))
                .extracting(Training::title, Training::after, Training::epochs, Training::taught)
                .containsExactly(
                        tuple("c seed 1", Optional.empty(), 8, true),
                        tuple("c seed 1 fine-tuning", Optional.of(4), 1, true),
                        tuple("c seed 1 fine-tuning", Optional.of(5), 1, true),
                        tuple("d seed 1 fine-tuning", Optional.of(6), 2, true),
                        tuple("e seed 1 fine-tuning", Optional.of(6), 2, false));
    }

    @Test
    void whatATeacherIsCutToIsTrainedBeforeAndAfter() {
        String student = """
                students += { name = %s, from = teacher, losses = [soft-target], compress-first = [
                  { kind = prune-channels, ratio = 0.5, training.epochs = 3 }, %s], compress = [%s] }
                """;
        Recipe recipe = bound(text("", NETWORK).replace("seeds = [1, 2]", "seeds = [1]")
                + student.formatted("c", "", "{ kind = low-rank, training.epochs = 4 }")
                + student.formatted("d", "{ kind = prune-weights, losses = [] }", ""));
        PlannedWorkload planned = PlannedWorkload.of(recipe, storage);
        assertThat(planned.workload().trainings().stream().skip(4))
                .extracting(Training::title, Training::after, Training::epochs, Training::taught)
                .containsExactly(
                        tuple("c seed 1 fine-tuning", Optional.empty(), 3, true),
                        tuple("c seed 1", Optional.of(4), 8, true),
                        tuple("c seed 1 baseline", Optional.of(4), 8, false),
                        tuple("c seed 1 fine-tuning", Optional.of(5), 4, true),
                        tuple("d seed 1", Optional.of(4), 8, true),
                        tuple("d seed 1 baseline", Optional.of(4), 8, false));
        assertThat(planned.workload().networks().get("student c").parameters())
                .isLessThan(planned.workload().networks().get("teacher").parameters());
    }
}
