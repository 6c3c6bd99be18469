package io.retort.retrain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.retort.Pictures;
import io.retort.engine.onnx.run.OnnxPredictor;
import io.retort.export.TestVectors;
import io.retort.registry.Promotion;
import io.retort.registry.RegisteredModel;
import io.retort.registry.RegisteredModel.Version;
import io.retort.report.ChallengeTable;
import io.retort.report.Report;
import io.retort.report.Report.ChallengeSection;
import io.retort.run.RecipeRun;
import io.retort.run.SmallRun;
import io.retort.run.record.RunContext;
import io.retort.spark.LocalSpark;
import io.retort.storage.Json;
import io.retort.storage.Lease;
import io.retort.storage.Storage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nights of a registered model, in local mode. */
class RetrainTest {
    private static final String STEADY = "learning-rate { rate = 1e-2 }";
    private static final String RUINOUS = "learning-rate { rate = 20, schedule = constant }";
    private static final String LENIENT = """
            accuracy { margin = 0.05, teacher-gap = 0.5, significance = 1e-6 }
            agreement.margin = 0.5
            calibration { margin = 1, most = 1 }
            latency.growth = 1000
            """;

    @TempDir
    private Path directory;

    private final List<String> said = new ArrayList<>();
    private final Storage storage = Storage.of(new Configuration());
    private String teacher;

    @BeforeEach
    void trainATeacher() throws IOException {
        pictures("train-a", 1024, 0);
        pictures("test", 512, 100_000);
        new RecipeRun(LocalSpark.context(), context("teacher"), SmallRun.bound(data() + """
                name = teacher
                trainer { micro-batch = 8 }
                teacher { kind = network, architecture { kind = conv-net, chain = [cbr8, max] }
                  training { epochs = 4, batch-size = 32, learning-rate { rate = 1e-2 } } }
                """)).execute();
        try (Stream<Path> networks = Files.list(directory.resolve("teacher/store/networks"))) {
            teacher = networks.findFirst().orElseThrow().toString();
        }
    }

    private void pictures(String name, int count, long firstId) throws IOException {
        Pictures.write(
                Pictures.of(count, firstId), directory.resolve(name + ".images"), directory.resolve(name + ".labels"));
    }

    private String data() {
        return """
                data {
                  train { kind = idx, images = ["%1$s/train-*.images"], labels = ["%1$s/train-*.labels"], classes = 3 }
                  test { kind = idx, images = ["%1$s/test.images"], labels = ["%1$s/test.labels"], classes = 3 }
                  samples-per-shard = 256
                }
                """.formatted(directory);
    }

    private String recipe(String hidden, String learningRate, String gates) {
        return data() + """
                name = nightly
                trainer { micro-batch = 8 }
                teacher { kind = network, from = "%s" }
                students = [
                  { name = other, architecture { kind = mlp, hidden = [4] }, losses = [cross-entropy] }
                  { name = small, architecture { kind = mlp, hidden = [%s] }, training { epochs = 3, batch-size = 32, %s }
                    losses = [{ kind = cross-entropy, weight = 0.5 }, { kind = soft-target, weight = 0.5 }] }
                ]
                retrain { model = pictures, student = small, gates { %s } }
                """.formatted(teacher, hidden, learningRate, gates);
    }

    private RunContext context(String root) {
        return SmallRun.context(directory.resolve(root), said::add);
    }

    private Retraining.Result retrain(String recipe) {
        said.clear();
        return new Retraining(LocalSpark.context(), context("root"), SmallRun.bound(recipe)).execute();
    }

    private RegisteredModel model() {
        return new RegisteredModel(storage, context("root").root(), "pictures", Clock.systemUTC());
    }

    private static ChallengeSection challenge(Retraining.Result result) {
        return result.run().orElseThrow().report().challenges().get(0);
    }

    /** Its logits are divided in the graph of what is published, and the parameters are those of the training. */
    @Test
    void whatIsPublishedIsCalibrated() {
        String calibrated =
                recipe("16", STEADY, LENIENT).replace("{ name = small,", "{ name = small, calibration = temperature,");
        Retraining.Result first = retrain(calibrated + "data.validation.fraction = 0.25\n");
        assertThat(first.outcome()).as(() -> String.join("\n", said)).isEqualTo(Retraining.Outcome.PROMOTED);
        assertThat(said).anyMatch(line -> line.startsWith("challenger calibrate: temperature "));
        String published = new String(model().onnx(model().version(1)), StandardCharsets.ISO_8859_1);
        assertThat(published).contains("calibration/temperature");
        org.apache.hadoop.fs.Path vectors =
                new org.apache.hadoop.fs.Path(model().version(1).directory(), "student.test-vectors.json");
        try (OnnxPredictor champion = OnnxPredictor.open(model().onnx(model().version(1)), 1)) {
            double difference = Json.parseOpen(storage.read(vectors), vectors, TestVectors.class)
                    .replay(champion);
            assertThat(difference).as("published with rows that prove it").isLessThan(1e-4);
        }
        assertThat(model().version(1).files())
                .extracting(RegisteredModel.Version.Content::name)
                .contains("student.test-vectors.json");
    }

    @Test
    void challengersAreJudgedOnTheValidationRowsAndMeasuredOnTheHeldOutOnes() {
        Retraining.Result first = retrain(recipe("16", STEADY, LENIENT) + "data.validation.fraction = 0.25\n");
        assertThat(first.outcome()).as(() -> String.join("\n", said)).isEqualTo(Retraining.Outcome.PROMOTED);
        Report.ValidationSection rows =
                first.run().orElseThrow().report().dataset().validation().orElseThrow();
        assertThat(model().version(1).card().data().test()).isEqualTo(rows.fingerprint());
        assertThat(model().version(1).card().data().testSamples()).isEqualTo(rows.samples());
        assertThat(challenge(first).contenders()).hasSize(2).allSatisfy(contender -> {
            double right = contender.scores().accuracy() * rows.samples();
            assertThat(right).as("a number of validation rows").isCloseTo(Math.rint(right), within(1e-6));
            double heldOut = contender.figures().get(0).accuracy() * 512;
            assertThat(heldOut).as("a number of held-out rows").isCloseTo(Math.rint(heldOut), within(1e-6));
            assertThat(contender.scores().accuracy())
                    .isNotEqualTo(contender.figures().get(0).accuracy());
        });
    }

    /** The student of a run before is the challenger, whose figures on the validation rows the store has already. */
    @Test
    void judgingReplacesNothingThatAnEarlierRunMeasured() throws IOException {
        String recipe = recipe("16", STEADY, LENIENT) + "data.validation.fraction = 0.25\n";
        new RecipeRun(LocalSpark.context(), context("root"), SmallRun.bound(recipe)).execute();
        Map<Path, String> measured = evaluations();
        retrain(recipe);
        assertThat(said).contains("challenger: trained before, taken from the store");
        assertThat(evaluations()).containsAllEntriesOf(measured);
    }

    private Map<Path, String> evaluations() throws IOException {
        Map<Path, String> contents = new TreeMap<>();
        try (Stream<Path> files = Files.list(directory.resolve("root/store/evaluations"))) {
            for (Path file :
                    files.filter(path -> path.toString().endsWith(".json")).toList()) {
                contents.put(file, Files.readString(file));
            }
        }
        return contents;
    }

    @Test
    void publishesWhatIsBetterAndNothingElse() throws Exception {
        String steady = recipe("16", STEADY, LENIENT);
        assertThat(Retraining.settled(context("root"), SmallRun.bound(steady))).isEmpty();
        assertThat(directory.resolve("root/registry")).doesNotExist();
        Retraining.Result first = retrain(steady);
        assertThat(first.outcome()).as(() -> String.join("\n", said)).isEqualTo(Retraining.Outcome.PROMOTED);
        assertThat(first.summary()).isEqualTo("promoted: version 1 is the champion of 'pictures'");
        assertThat(challenge(first).start()).isEqualTo("scratch");
        assertThat(challenge(first).contenders()).hasSize(2);
        byte[] published = model().onnx(model().version(1));
        assertThat(first.run().orElseThrow().students())
                .singleElement()
                .satisfies(challenger ->
                        assertThat(Path.of(challenger.toUri().getPath())).hasBinaryContent(published));

        Retraining.Result nothing = retrain(steady);
        assertThat(Retraining.settled(context("root"), SmallRun.bound(steady)))
                .as("without Spark")
                .contains(nothing);
        assertThat(nothing.outcome()).isEqualTo(Retraining.Outcome.NOTHING_TO_DO);
        assertThat(nothing.summary())
                .isEqualTo(
                        "nothing to do: data, teacher and recipe are those of version 1; version 1 stays the champion of 'pictures'");
        assertThat(said).isEmpty();

        pictures("train-b", 700, 50_000);
        Retraining.Result second = retrain(steady);
        assertThat(second.outcome()).as(() -> String.join("\n", said)).isEqualTo(Retraining.Outcome.PROMOTED);
        ChallengeSection challenge = challenge(second);
        assertThat(challenge.start()).isEqualTo("champion 1");
        assertThat(challenge.contenders()).extracting("name").containsExactly("challenger", "champion 1", "teacher");
        assertThat(challenge.contenders())
                .allSatisfy(contender -> assertThat(contender.figures())
                        .singleElement()
                        .satisfies(figures -> assertThat(figures.accuracy())
                                .isEqualTo(contender.scores().accuracy())));
        assertThat(challenge.curves())
                .singleElement()
                .satisfies(curve -> assertThat(curve.loss()).hasSize(curve.epochs()));
        assertThat(challenge.pairs().samples()).isEqualTo(512);
        assertThat(challenge.drift().newShards()).isEqualTo(3);
        assertThat(challenge.drift().newSamples()).isEqualTo(700);
        assertThat(challenge.drift().goneSamples()).isZero();
        assertThat(challenge.drift().totalVariation()).isBetween(0.0, 0.1);
        // New samples are of the same kind as the held-out ones; 0.12 is four standard deviations for 512 and 700 of
        // them.
        assertThat(challenge.drift().teacherAccuracy().getAsDouble())
                .isCloseTo(challenge.contenders().get(2).scores().accuracy(), within(0.12));
        assertThat(ChallengeTable.of(challenge, "accuracy"))
                .contains("accuracy by champion", "mcnemar p of no loss", "new data: 700 rows in 3 shards");
        assertThat(said).anyMatch(line -> line.startsWith("labels: 3 shards labelled, "));

        String sabotaged = recipe("16", RUINOUS, LENIENT);
        Retraining.Result refused = retrain(sabotaged);
        assertThat(refused.outcome()).as(() -> String.join("\n", said)).isEqualTo(Retraining.Outcome.REFUSED);
        assertThat(refused.summary()).isEqualTo("refused: version 2 stays the champion of 'pictures'");
        assertThat(model().refusal().orElseThrow().reasons())
                .anySatisfy(reason -> assertThat(reason)
                        .matches(
                                "accuracy by champion was 0\\.\\d+, must be at least 0\\.\\d+ \\(champion 2 has 0\\.\\d+, the best"
                                        + " champion had 0\\.\\d+; margin 0\\.0500\\)"));
        assertThat(model().champion().orElseThrow().version()).isEqualTo(2);
        assertThat(model().versions()).hasSize(2);
        assertThat(retrain(sabotaged).summary())
                .startsWith("nothing to do: data, teacher and recipe are those of the challenger that was refused at ");

        JsonNode report = new ObjectMapper()
                .readTree(
                        Path.of(refused.run().orElseThrow().directory().toUri().getPath(), "report.json")
                                .toFile());
        assertThat(report.at("/challenges/0/outcome").asText()).isEqualTo("REFUSED");
        assertThat(report.at("/challenges/0/champion").asInt()).isEqualTo(2);
        assertThat(report.at("/challenges/0/gates")).hasSize(13);
        for (JsonNode gate : report.at("/challenges/0/gates")) {
            assertThat(gate.at("/value").isNumber() && gate.at("/threshold").isNumber())
                    .isTrue();
            assertThat(gate.at("/verdict").asText()).isIn("PASSED", "REFUSED");
        }

        requireThatAnInterruptedPromotionIsFinished(steady);
        requireThatAnotherChampionIsFacedFirst(steady);
    }

    /** As if the process had been killed between the second version's files and the pointer. */
    private void requireThatAnInterruptedPromotionIsFinished(String recipe) throws IOException {
        Path registry = directory.resolve("root/registry/pictures");
        Files.copy(
                registry.resolve("history/1.json"),
                registry.resolve("champion.json"),
                StandardCopyOption.REPLACE_EXISTING);
        Retraining.Result finished = retrain(recipe);
        assertThat(finished.outcome()).isEqualTo(Retraining.Outcome.PROMOTED);
        assertThat(finished.run()).isEmpty();
        assertThat(finished.summary())
                .isEqualTo("promoted: version 2 is the champion of 'pictures'; an earlier run had trained it and was"
                        + " interrupted before it was published");
        assertThat(model().history()).extracting(Promotion::version).containsExactly(2, 1);
    }

    /** The same, but somebody has chosen a champion meanwhile, whom the second version has never met. */
    private void requireThatAnotherChampionIsFacedFirst(String recipe) throws IOException {
        Path registry = directory.resolve("root/registry/pictures");
        Files.copy(
                registry.resolve("history/1.json"),
                registry.resolve("champion.json"),
                StandardCopyOption.REPLACE_EXISTING);
        try (Lease lease = model().lease("a person", Lease.Terms.USUAL)) {
            model().promote(lease, 1, "chosen by hand");
        }
        Retraining.Result judged = retrain(recipe);
        assertThat(challenge(judged).contenders())
                .extracting(Report.Contender::name)
                .containsExactly("challenger", "champion 1", "teacher");
    }

    @Test
    void whatWasRolledBackStaysAway() throws IOException {
        String steady = recipe("16", STEADY, LENIENT);
        retrain(steady);
        pictures("train-b", 300, 50_000);
        assertThat(retrain(steady).outcome()).as(() -> String.join("\n", said)).isEqualTo(Retraining.Outcome.PROMOTED);
        try (Lease lease = model().lease("a person", Lease.Terms.USUAL)) {
            model().rollback(lease, "wrong labels in the last 300 rows");
        }
        String remedy = "; `retort models promote pictures 2` publishes it all the same";
        assertThat(retrain(steady).summary())
                .startsWith(
                        "nothing to do: data, teacher and recipe are those of version 2; version 2 was rolled back to 1"
                                + " on ")
                .endsWith(": wrong labels in the last 300 rows" + remedy
                        + "; version 1 stays the champion of 'pictures'");

        // the export writes the same rows again, to a file of another name, so that their shards have other keys
        rename("train-b", "train-c");
        Retraining.Result exported = retrain(steady);
        assertThat(exported.outcome()).isEqualTo(Retraining.Outcome.NOTHING_TO_DO);
        assertThat(exported.run()).isEmpty();
        assertThat(exported.summary())
                .startsWith("nothing to do: training samples, teacher and student are those of a version that was taken"
                        + " back; version 2 was rolled back to 1 on ")
                .endsWith(remedy + "; version 1 stays the champion of 'pictures'");
        assertThat(retrain(recipe("16", STEADY, LENIENT + "accuracy.floor = 0.1\n"))
                        .outcome())
                .as("other gates")
                .isEqualTo(Retraining.Outcome.NOTHING_TO_DO);

        rename("train-c", "train-b");
        // a student of another name is another origin, and has the same parameters
        Retraining.Result renamed = retrain(steady.replace("= small", "= tiny"));
        assertThat(renamed.outcome()).as(() -> String.join("\n", said)).isEqualTo(Retraining.Outcome.REFUSED);
        assertThat(model().refusal().orElseThrow().reasons())
                .singleElement()
                .satisfies(reason -> assertThat(reason)
                        .startsWith(
                                "versions rolled back with these parameters was 1, must be at most 0 (version 2 was rolled back"
                                        + " to 1 on ")
                        .endsWith(remedy + ")"));

        pictures("train-d", 300, 70_000);
        Retraining.Result more = retrain(steady);
        assertThat(more.outcome()).as(() -> String.join("\n", said)).isEqualTo(Retraining.Outcome.PROMOTED);
        assertThat(said)
                .anyMatch(line -> line.startsWith("warning: 2 of 8 training shards came with a version that was"
                        + " rolled back, and no champion learned from them: version 2 was rolled back to 1 on "));
        assertThat(model().versions()).hasSize(3);
    }

    private void rename(String from, String to) throws IOException {
        Files.move(directory.resolve(from + ".images"), directory.resolve(to + ".images"));
        Files.move(directory.resolve(from + ".labels"), directory.resolve(to + ".labels"));
    }

    @Test
    void startsFromScratchWhereTheLayersAreOthers() {
        retrain(recipe("16", STEADY, LENIENT));
        Retraining.Result other = retrain(recipe("12", STEADY, LENIENT));
        assertThat(challenge(other).start()).isEqualTo("scratch");
        assertThat(said)
                .contains("challenger: starts from scratch, for champion 1 has other layers than student 'small'");
    }

    @Test
    void refusesAFirstChallengerBelowTheFloor() {
        Retraining.Result refused = retrain(recipe("16", STEADY, LENIENT + "accuracy.floor = 0.999\n"));
        assertThat(refused.summary()).isEqualTo("refused: 'pictures' has no champion");
        assertThat(model().versions()).isEmpty();
    }

    @Test
    void leavesWhereAnotherIsAtIt() {
        try (Lease other = model().lease("another night", Lease.Terms.USUAL)) {
            String recipe = recipe("16", STEADY, LENIENT);
            assertThatThrownBy(() -> retrain(recipe))
                    .isInstanceOf(Lease.HeldException.class)
                    .hasMessageContaining("(another night)");
            other.requireHeld();
        }
    }

    @Test
    void aRecipeMustSayWhichModelAndWhichStudent() {
        String recipe = recipe("16", STEADY, LENIENT);
        assertThatThrownBy(() -> retrain(recipe.replace("model = pictures, ", "")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("retrain.model missing; name the model of the registry that is retrained");
        assertThatThrownBy(() -> retrain(recipe.replace("student = small, ", "")))
                .hasMessage("retrain.student missing; name the student that is the challenger, one of [other, small]");
        assertThatThrownBy(() -> retrain(recipe.replace("student = small", "student = large")))
                .hasMessage("retrain.student must be one of [other, small], was 'large'");
    }

    @Test
    void aVersionKnowsWhereItComesFrom() {
        retrain(recipe("16", STEADY, LENIENT));
        Version version = model().version(1);
        assertThat(version.card().recipe()).isEqualTo("nightly");
        assertThat(version.card().student()).isEqualTo("small");
        assertThat(version.card().data().labelCounts().stream()
                        .mapToLong(Long::longValue)
                        .sum())
                .isEqualTo(1024);
        assertThat(version.card().gates()).isNotEmpty().allMatch(gate -> gate.passed());
        assertThat(model().shards(version)).hasSize(4);
    }
}
