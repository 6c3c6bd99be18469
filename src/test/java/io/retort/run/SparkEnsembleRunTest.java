package io.retort.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.retort.Pictures;
import io.retort.clean.LiveReferences;
import io.retort.clean.RunEntry;
import io.retort.data.Samples;
import io.retort.engine.onnx.run.OnnxSession;
import io.retort.engine.onnx.write.OnnxModel;
import io.retort.network.Network;
import io.retort.network.NetworkFiles;
import io.retort.report.SummaryTable;
import io.retort.retrain.Retraining;
import io.retort.run.progress.Progress;
import io.retort.run.progress.ProgressLines;
import io.retort.run.record.RunContext;
import io.retort.spark.LocalSpark;
import io.retort.storage.Storage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/** A run whose teacher is an ensemble of two networks and of one that was born again, and what later runs need not do again. */
@TestInstance(Lifecycle.PER_CLASS) // the first run is made once, for all tests
class SparkEnsembleRunTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Storage STORAGE = Storage.of(new Configuration());
    private static final Samples TEST = Pictures.of(512, 100_000);
    private static final String HOW = "architecture { kind = mlp, hidden = [8] },"
            + " training { epochs = 2, batch-size = 64, learning-rate { rate = 1e-2 } }";

    @TempDir
    private static Path directory;

    private final List<String> said = new ArrayList<>();
    private RecipeRun.Result first;
    private Path run;
    private JsonNode report;

    @BeforeAll
    void execute() throws IOException {
        Pictures.write(Pictures.of(1024, 0), directory.resolve("train.images"), directory.resolve("train.labels"));
        Pictures.write(TEST, directory.resolve("test.images"), directory.resolve("test.labels"));
        first = execute(recipe("ensemble", "average = probabilities", student()));
        run = Path.of(first.directory().toUri().getPath());
        report = JSON.readTree(run.resolve("report.json").toFile());
    }

    private static String student() {
        return "{ name = small, architecture { kind = mlp, hidden = [4] }, training { epochs = 1, batch-size = 64 },"
                + " losses = [soft-target] }";
    }

    private static String recipe(String name, String average, String students) {
        return """
                name = %2$s
                data {
                  train { kind = idx, images = ["%1$s/train.images"], labels = ["%1$s/train.labels"], classes = 3 }
                  test { kind = idx, images = ["%1$s/test.images"], labels = ["%1$s/test.labels"], classes = 3 }
                  samples-per-shard = 512
                }
                labels.codec = float32
                trainer { micro-batch = 8 }
                teacher {
                  kind = ensemble
                  %3$s
                  members = [
                    { kind = network, %5$s, seed = 1 }
                    { kind = network, %5$s, seed = 2 }
                    { kind = born-again, %5$s, seed = 1 }
                  ]
                }
                students = [%4$s]
                """.formatted(directory, name, average, students, HOW);
    }

    private RecipeRun.Result execute(String recipe) {
        said.clear();
        return new RecipeRun(LocalSpark.context(), context(), SmallRun.bound(recipe)).execute();
    }

    private RunContext context() {
        Progress lines = new ProgressLines(said::add, Clock.systemUTC(), Duration.ofSeconds(10));
        return new RunContext(
                STORAGE,
                new org.apache.hadoop.fs.Path(directory.resolve("root").toString()),
                Clock.systemUTC(),
                lines,
                SmallRun.BRIEF);
    }

    private static Map<String, String> outcomes(Path run) throws IOException {
        Map<String, String> outcomes = new LinkedHashMap<>();
        for (JsonNode stage :
                JSON.readTree(run.resolve("manifest.json").toFile()).at("/stages")) {
            outcomes.put(stage.at("/name").asText(), stage.at("/outcome").asText());
        }
        return outcomes;
    }

    @Test
    void eachMemberIsTrainedOnce() throws IOException {
        Map<String, String> outcomes = outcomes(run);
        // They are the same, and asked for at the same time.
        assertThat(List.of(outcomes.remove("teacher member 1"), outcomes.remove("teacher member 3 generation 0")))
                .containsExactlyInAnyOrder("DONE", "REUSED");
        assertThat(outcomes)
                .containsOnly(
                        Map.entry("teacher member 2", "DONE"),
                        Map.entry("teacher member 3 generation 1", "DONE"),
                        Map.entry("small seed 1", "DONE"),
                        Map.entry("small seed 1 baseline", "DONE"));
        // 2 shards of training samples and 1 of held-out ones, by generation 0 for generation 1 and by the ensemble
        assertThat(report.at("/cache/labelled").asLong()).isEqualTo(2 * 3);
    }

    @Test
    void theEnsembleCostsWhatItsMembersCost() {
        JsonNode teacher = report.at("/teacher");
        assertThat(teacher.at("/title").asText()).isEqualTo("ensemble of 3, mean of probabilities");
        assertThat(teacher.at("/parts").findValuesAsText("title"))
                .containsExactly("teacher member 1", "teacher member 2", "teacher member 3 generation 1");
        for (String figure : List.of("/parameters", "/macs", "/bytes", "/latency/p50", "/latency/p99")) {
            double sum = 0;
            for (JsonNode part : teacher.at("/parts")) {
                sum += part.at("/figures" + figure).asDouble();
            }
            assertThat(teacher.at("/figures" + figure).asDouble()).as(figure).isCloseTo(sum, within(1e-9 * sum));
        }
        // 8 · (64 + 1) + 3 · (8 + 1) parameters each
        assertThat(teacher.at("/parameters").asLong()).isEqualTo(3 * (8 * 65 + 3 * 9));
        assertThat(teacher.at("/figures/latency/batch").asDouble())
                .isLessThan(teacher.at("/parts/0/figures/latency/batch").asDouble());
        assertThat(teacher.at("/figures/agreement").asDouble()).isEqualTo(1);
        assertThat(teacher.at("/parts/0/figures/agreement").asDouble()).isBetween(0.3, 1.0);
        assertThat(teacher.has("curves")).isFalse();
        assertThat(teacher.at("/parts").findValues("curves"))
                .hasSize(3)
                .allSatisfy(curves -> assertThat(curves.at("/0/loss")).isNotEmpty());
        assertThat(SummaryTable.of(first.report()))
                .containsPattern("(?m)^ *teacher +\\| +1,641 ")
                .containsPattern("(?m)^ *teacher member 3 generation 1 +\\| +547 ");
    }

    @Test
    void itsAccuracyIsThatOfTheMeanProbabilities() throws IOException {
        double[][] sums = new double[TEST.count()][3];
        for (JsonNode stage :
                JSON.readTree(run.resolve("manifest.json").toFile()).at("/stages")) {
            if (stage.at("/name").asText().startsWith("teacher")
                    && !stage.at("/name").asText().endsWith("0")) {
                add(sums, stage.at("/fingerprint").asText());
            }
        }
        int hits = 0;
        for (int i = 0; i < TEST.count(); i++) {
            int best = 0;
            for (int c = 1; c < 3; c++) {
                best = sums[i][c] > sums[i][best] ? c : best;
            }
            hits += best == TEST.labels().classOf(i) ? 1 : 0;
        }
        assertThat(hits).isGreaterThan(TEST.count() / 2);
        assertThat(report.at("/teacher/accuracy").asDouble())
                // a near tie may fall otherwise in another batch size
                .isCloseTo((double) hits / TEST.count(), within(2.0 / TEST.count()));
    }

    /** Adds the probabilities that a network of the store gives the test pictures. */
    private static void add(double[][] sums, String fingerprint) {
        Network network = NetworkFiles.read(
                STORAGE,
                new org.apache.hadoop.fs.Path(
                        directory.resolve("root/store/networks/" + fingerprint).toString()));
        try (OnnxSession session =
                OnnxSession.open(OnnxModel.bytes(network, Pictures.SCHEMA.classNames(), Map.of()), 1)) {
            float[] raw = new float[64];
            for (int i = 0; i < TEST.count(); i++) {
                TEST.copyFeatures(i, raw, 0);
                float[] logits = session.logits(raw, 1);
                double all = Math.exp(logits[0]) + Math.exp(logits[1]) + Math.exp(logits[2]);
                for (int c = 0; c < 3; c++) {
                    sums[i][c] += Math.exp(logits[c]) / all;
                }
            }
        }
    }

    @Test
    void aSecondRunTrainsAndLabelsNothing() throws IOException {
        // What Spark is told makes another recipe, but changes no result.
        RecipeRun.Result second = execute(
                recipe("ensemble", "average = probabilities", student()) + "spark { spark.task.maxFailures = 5 }\n");
        assertThat(second.directory()).isNotEqualTo(first.directory());
        assertThat(second.work()).isEqualTo(RecipeRun.Work.ALL_REUSED);
        assertThat(outcomes(Path.of(second.directory().toUri().getPath())).values())
                .containsOnly("REUSED");
        assertThat(second.report().teacher()).isEqualTo(first.report().teacher());
        assertThat(said)
                .contains(
                        "labels for teacher member 3 generation 1: 0 shards labelled, 3 reused (a shard counts once for each view)",
                        "labels: 0 shards labelled, 3 reused (a shard counts once for each view)");
    }

    @Test
    void otherWeightsOrAnotherAverageLabelAgainAndTrainNothing() throws IOException {
        for (String other : List.of("average = probabilities, weights = [2, 1, 1]", "average = logits")) {
            RecipeRun.Result result = execute(recipe("other", other, ""));
            assertThat(outcomes(Path.of(result.directory().toUri().getPath())).values())
                    .containsOnly("REUSED");
            // without students only the held-out shard
            assertThat(said).contains("labels: 1 shards labelled, 0 reused (a shard counts once for each view)");
            assertThat(result.report().teacher().fingerprint())
                    .isNotEqualTo(first.report().teacher().fingerprint());
        }
    }

    @Test
    void aChallengerLearnsFromItAndIsComparedWithIt() {
        RunContext context = context();
        Retraining.Result result = new Retraining(
                        LocalSpark.context(),
                        context,
                        SmallRun.bound(
                                recipe("nightly", "average = probabilities", student()) + "retrain.model = pictures\n"))
                .execute();
        assertThat(result.run().orElseThrow().report().cache().labelled()).isZero();
        assertThat(result.run().orElseThrow().report().teacher().fingerprint())
                .isEqualTo(first.report().teacher().fingerprint());
        assertThat(result.run().orElseThrow().report().challenges().get(0).contenders())
                .last()
                .satisfies(contender -> {
                    assertThat(contender.name()).isEqualTo("teacher");
                    assertThat(contender.scores().bytes())
                            .isEqualTo(first.report().teacher().bytes().orElseThrow());
                });
    }

    @Test
    void aCleaningKeepsAllThatTheTeacherIsMadeOf() throws IOException {
        List<String> uses = LiveReferences.uses(
                        RunEntry.of(
                                        STORAGE,
                                        new org.apache.hadoop.fs.Path(
                                                directory.resolve("root").toString()),
                                        any -> false)
                                .stream()
                                .filter(known -> known.directory()
                                        .getName()
                                        .equals(run.getFileName().toString()))
                                .findFirst()
                                .orElseThrow(),
                        STORAGE)
                .orElseThrow();
        for (JsonNode stage :
                JSON.readTree(run.resolve("manifest.json").toFile()).at("/stages")) {
            assertThat(uses)
                    .contains("store/networks/" + stage.at("/fingerprint").asText());
        }
        assertThat(uses.stream().filter(entry -> entry.startsWith("store/labels/")))
                .hasSize(2); // of generation 0 and of the ensemble
        for (String entry : uses) {
            if (entry.startsWith("store/labels/")) {
                try (Stream<Path> files = Files.list(directory.resolve("root").resolve(entry))) {
                    assertThat(files.filter(file -> file.toString().endsWith(".parquet")))
                            .hasSize(3);
                }
            }
        }
    }
}
