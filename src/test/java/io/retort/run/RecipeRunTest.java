package io.retort.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.retort.engine.onnx.run.OnnxSession;
import io.retort.run.record.RunContext;
import io.retort.run.record.RunLog.RunFailedException;
import io.retort.spark.LocalSpark;
import io.retort.storage.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import org.apache.spark.SparkContext;
import org.apache.spark.scheduler.AccumulableInfo;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import scala.collection.JavaConverters;

/** One whole run in local mode, and the same again. */
@TestInstance(Lifecycle.PER_CLASS) // the run is made once, for all tests
class RecipeRunTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private static Path directory;

    private final List<String> said = new ArrayList<>();
    private final ShownTotals shown = new ShownTotals();
    private SmallRun small;
    private Path run;
    private JsonNode report;

    @BeforeAll
    void execute() throws Exception {
        small = SmallRun.in(directory);
        SparkContext spark = LocalSpark.context().sc();
        spark.addSparkListener(shown);
        run = execute(small.recipe("small", "[1, 2]", SmallRun.CONV, SmallRun.DENSE));
        spark.listenerBus().waitUntilEmpty();
        spark.removeSparkListener(shown);
        report = JSON.readTree(run.resolve("report.json").toFile());
    }

    private Path execute(String recipe) {
        return SmallRun.execute(recipe, directory.resolve("root"), said::add);
    }

    @Test
    void thePageShowsEveryStudent() throws IOException {
        assertThat(Files.readString(run.resolve("report.html")))
                .contains("conv, seed 1, distill", "conv, seed 2, baseline", "dense, seed 1, distill")
                .containsPattern("<td>engine</td><td[^>]*>oneDNN 3\\.");
    }

    /** The named accumulators that Spark's UI shows. */
    private static final class ShownTotals extends SparkListener {
        private final Map<String, Long> totals = new TreeMap<>();

        @Override
        public void onTaskEnd(SparkListenerTaskEnd end) {
            for (AccumulableInfo info :
                    JavaConverters.seqAsJavaList(end.taskInfo().accumulables())) {
                String name = info.name().isDefined() ? info.name().get() : "";
                if (name.startsWith("rows")) {
                    totals.merge(name, (Long) info.update().get(), Long::sum);
                }
            }
        }
    }

    @Test
    void sparksUiShowsTheRowsOfEachStage() throws IOException {
        int epochs = Files.readAllLines(run.resolve("metrics.jsonl")).size();
        long labelled = 3 * 2048 + 512; // training rows in three views
        assertThat(shown.totals)
                .isEqualTo(Map.of("rows sharded", 2560L, "rows labelled", labelled, "rows trained", 2048L * epochs));
    }

    @Test
    void eachEpochHasALine() throws IOException {
        List<JsonNode> lines = new ArrayList<>();
        for (String line : Files.readAllLines(run.resolve("metrics.jsonl"))) {
            lines.add(JSON.readTree(line));
        }
        JsonNode curve = report.at("/students/0/stages/0/curves/0");
        List<JsonNode> student = lines.stream()
                .filter(line -> line.path("training").asText().equals("conv seed 1"))
                .toList();
        assertThat(student).extracting(line -> line.path("epoch").asInt()).containsExactly(1, 2, 3);
        assertThat(student.get(1).path("loss").asDouble())
                .isCloseTo(curve.at("/loss/1").asDouble(), within(1e-5));
        assertThat(student.get(1).path("learningRate").asDouble())
                .isCloseTo(curve.at("/learningRate/1").asDouble(), within(1e-7));
        assertThat(student.get(0).path("objective")).isEqualTo(curve.path("objective"));
        assertThat(student.get(0).path("epochs").asInt()).isEqualTo(3);
        assertThat(lines)
                .extracting(line -> line.path("training").asText())
                .contains("teacher", "conv seed 2 baseline");
        assertThat(lines).allSatisfy(line -> assertThat(line.has("time")).isTrue());
    }

    @Test
    void theReportHoldsWhatItPromises() {
        assertThat(report.fieldNames())
                .toIterable()
                .containsExactly(
                        "version",
                        "name",
                        "run",
                        "started",
                        "dataset",
                        "teacher",
                        "students",
                        "summary",
                        "timings",
                        "throughput",
                        "slots",
                        "cache",
                        "environment",
                        "peakMemory",
                        "warnings",
                        "recipe",
                        "mostFrequentClass");
        assertThat(report.at("/version").asInt()).isEqualTo(2);
        assertThat(report.at("/run").asText()).isEqualTo(run.getFileName().toString());
        assertThat(report.at("/dataset/trainSamples").asLong()).isEqualTo(2048);
        assertThat(report.at("/dataset/testSamples").asLong()).isEqualTo(512);
        assertThat(report.at("/teacher/accuracy").asDouble()).isGreaterThan(0.5);
        assertThat(report.at("/teacher/figures/agreement").asDouble()).isEqualTo(1);
        for (String figure : List.of("parameters", "macs", "bytes")) {
            assertThat(report.at("/teacher/" + figure).asLong()).as(figure).isPositive();
        }
        assertThat(report.at("/students")).hasSize(4);
        for (JsonNode student : report.at("/students")) {
            JsonNode figures = student.at("/stages/0/figures");
            assertThat(student.at("/stages/0/kind").asText()).isEqualTo("distill");
            assertThat(student.at("/gain").asDouble())
                    .isCloseTo(
                            figures.at("/accuracy").asDouble()
                                    - student.at("/baseline/accuracy").asDouble(),
                            within(1e-12));
            assertThat(figures.at("/latency/p99").asDouble())
                    .isGreaterThanOrEqualTo(figures.at("/latency/p50").asDouble());
            assertThat(figures.at("/latency/batch").asDouble()).isPositive();
            assertThat(student.at("/export/parity/greatestRelativeDifference").asDouble())
                    .isBetween(0.0, 1e-4);
            assertThat(student.at("/export/parity/labelAgreement").asDouble()).isGreaterThan(0.99);
        }
        assertThat(report.at("/summary")).hasSize(2);
        assertThat(report.at("/summary/0/accuracy/count").asInt()).isEqualTo(2);
        assertThat(report.at("/environment/master").asText()).isEqualTo("local[2]");
        assertThat(report.at("/environment/peak-memory").asText()).matches("driver [0-9,]+ MiB");
        assertThat(report.at("/environment/engine").asText()).matches("oneDNN 3\\.\\d+, [A-Z0-9_]+");
        assertThat(report.at("/slots/train teacher/used").asInt()).isEqualTo(2);
        assertThat(report.at("/slots/train teacher/usable").asInt())
                .isEqualTo(8); // parts of 8 samples of a batch of 64
        assertThat(report.at("/slots")).hasSize(9);
    }

    @Test
    void everyTrainingHasItsCurve() {
        assertThat(report.at("/teacher/curves/0/objective").asText()).isEqualTo("cross-entropy");
        assertThat(report.at("/teacher/curves/0/epoch")).hasSize(6);
        for (JsonNode student : report.at("/students")) {
            boolean conv = student.at("/name").asText().equals("conv");
            JsonNode curve = student.at("/stages/0/curves/0");
            assertThat(curve.at("/objective").asText())
                    .isEqualTo(conv ? "0.5 cross-entropy + 0.5 soft-target" : "soft-target");
            assertThat(curve.at("/unit").asText()).isEqualTo("nats");
            assertThat(curve.at("/loss")).hasSize(conv ? 3 : 2);
            assertThat(curve.at("/loss/1").asDouble())
                    .isPositive()
                    .isLessThan(curve.at("/loss/0").asDouble());
            assertThat(student.at("/baselineCurves/0/objective").asText()).isEqualTo("cross-entropy");
            assertThat(student.at("/baselineCurves/0/learningRate")).hasSize(conv ? 3 : 2);
        }
    }

    @Test
    void theRecipeIsInTheReportWithItsDefaults() {
        assertThat(report.at("/recipe/students/0/training/batch-size").asInt()).isEqualTo(64);
        assertThat(report.at("/recipe/students/1/training/learning-rate/rate").isNumber())
                .isTrue();
        assertThat(report.at("/recipe/trainer/kind").asText()).isEqualTo("synchronous");
    }

    @Test
    void theTeacherSawEachSampleAndViewOnce() {
        // 4 shards as they are for one student, in 2 views for the other; 1 shard of test samples
        assertThat(report.at("/cache/shards").asLong()).isEqualTo(4 + 8 + 1);
        assertThat(report.at("/cache/labelled").asLong()).isEqualTo(13);
        assertThat(report.at("/cache/reused").asLong()).isZero();
    }

    @Test
    void theManifestSaysThatItIsDone() throws IOException {
        JsonNode manifest = JSON.readTree(run.resolve("manifest.json").toFile());
        assertThat(manifest.at("/status").asText()).isEqualTo("DONE");
        assertThat(manifest.at("/problem").asText()).isEmpty();
        assertThat(manifest.at("/stages")).hasSize(9); // a teacher, 4 students, 4 baselines
        assertThat(manifest.at("/recipe/name").asText()).isEqualTo("small");
    }

    @Test
    void theLogTellsWhatHappenedWhen() throws IOException {
        assertThat(Files.readAllLines(run.resolve("log")))
                .allMatch(line -> line.matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ .*"))
                .anyMatch(line -> line.endsWith(" train teacher: 12,288 images"))
                .anyMatch(line -> line.contains(" labels: 13 shards labelled, 0 reused"))
                .last()
                .asString()
                .endsWith(" done");
    }

    @Test
    void whatIsExportedIsAsAccurateAsReported() throws IOException {
        byte[] pixels = idx(small.testImages());
        byte[] labels = idx(small.testLabels());
        for (JsonNode student : report.at("/students")) {
            byte[] onnx =
                    Files.readAllBytes(run.resolve(student.at("/export/path").asText()));
            try (OnnxSession session = OnnxSession.open(onnx, 1)) {
                int elements = session.input().elements();
                int hits = 0;
                for (int i = 0; i < SmallRun.TEST_SAMPLES; i++) {
                    float[] raw = new float[elements];
                    for (int p = 0; p < elements; p++) {
                        raw[p] = pixels[16 + i * elements + p] & 0xFF;
                    }
                    hits += greatest(session.logits(raw, 1)) == labels[8 + i] ? 1 : 0;
                }
                assertThat((double) hits / SmallRun.TEST_SAMPLES)
                        .as(student.at("/name").asText())
                        // a near tie may fall otherwise in another batch size
                        .isCloseTo(student.at("/stages/0/figures/accuracy").asDouble(), within(2.0 / 512));
            }
        }
    }

    @Test
    void dl4jLoadsItsZip() throws IOException {
        Path zip = run.resolve("student-conv-seed1.dl4j.zip");
        assertThat(ModelSerializer.restoreComputationGraph(zip.toFile()).numParams())
                .isPositive();
    }

    @Test
    void aSecondRunComputesNothingAndGivesTheSameBytes() throws IOException {
        said.clear();
        // What Spark is told makes another recipe, but changes no result.
        Path second = execute(small.recipe("small", "[1, 2]", SmallRun.CONV, SmallRun.DENSE)
                + "spark { spark.task.maxFailures = 5 }\n");
        assertThat(second).isNotEqualTo(run);

        JsonNode again = JSON.readTree(second.resolve("report.json").toFile());
        assertThat(again.at("/cache/labelled").asLong()).isZero();
        assertThat(again.at("/environment").has("engine"))
                .as("nothing was trained")
                .isFalse();
        assertThat(again.at("/cache/reused").asLong()).isEqualTo(13);
        assertThat(said).contains("labels: 0 shards labelled, 13 reused (a shard counts once for each view)");
        JsonNode manifest = JSON.readTree(second.resolve("manifest.json").toFile());
        assertThat(manifest.at("/stages"))
                .allSatisfy(stage -> assertThat(stage.at("/outcome").asText()).isEqualTo("REUSED"));
        assertThat(models(second)).isEqualTo(models(run)).hasSize(4 * 5);
        assertThat(again.at("/students")).isEqualTo(report.at("/students"));
    }

    @Test
    void thatAnEarlierRunHasTheResultIsKnownWithoutSpark() {
        RunContext context = SmallRun.context(directory.resolve("root"), said::add);
        String recipe = small.recipe("small", "[1, 2]", SmallRun.CONV, SmallRun.DENSE);
        assertThat(RecipeRun.known(context, SmallRun.bound(recipe))).hasValueSatisfying(known -> {
            assertThat(known.work()).isEqualTo(RecipeRun.Work.NONE);
            assertThat(known.directory().getName()).isEqualTo(run.getFileName().toString());
            assertThat(known.report().students()).hasSize(4);
        });
        assertThat(RecipeRun.known(context, SmallRun.bound(recipe + "seeds = [3]")))
                .isEmpty();
        assertThat(RecipeRun.known(context, SmallRun.bound(recipe + "trainer = null\ntrainer = averaging\n")))
                .as("where the number of replicas follows from the cluster")
                .isEmpty();
        assertThat(RecipeRun.known(context, SmallRun.bound(recipe + "data.train.images = [gone]")))
                .as("of data that cannot be read")
                .isEmpty();
    }

    @Test
    void anotherSeedTrainsOnlyItsOwn() throws IOException {
        Path third = execute(small.recipe("small-more", "[2, 3]", SmallRun.CONV));
        Map<String, String> outcomes = new TreeMap<>();
        for (JsonNode stage :
                JSON.readTree(third.resolve("manifest.json").toFile()).at("/stages")) {
            outcomes.put(stage.at("/name").asText(), stage.at("/outcome").asText());
        }
        assertThat(outcomes)
                .containsEntry("teacher", "REUSED")
                .containsEntry("conv seed 2", "REUSED")
                .containsEntry("conv seed 2 baseline", "REUSED")
                .containsEntry("conv seed 3", "DONE")
                .containsEntry("conv seed 3 baseline", "DONE");
    }

    @Test
    void aTeacherAloneIsLegalAndCanBeTakenFromItsRun() throws IOException {
        said.clear();
        String alone = small.recipe("alone", "[1]");
        Path teacherRun = execute(alone);
        assertThat(said).contains("no students: the run ends with its teacher; name some in students to distil it");
        JsonNode teacherReport = JSON.readTree(teacherRun.resolve("report.json").toFile());
        assertThat(teacherReport.at("/students")).isEmpty();
        assertThat(teacherReport.at("/teacher/accuracy")).isEqualTo(report.at("/teacher/accuracy"));

        String fingerprint = JSON.readTree(teacherRun.resolve("manifest.json").toFile())
                .at("/stages/0/fingerprint")
                .asText();
        Path saved = directory.resolve("root/store/networks").resolve(fingerprint);
        Path loaded = execute(
                alone + "name = loaded\nteacher = null\nteacher = { kind = network, from = \"" + saved + "\" }\n");
        assertThat(JSON.readTree(loaded.resolve("report.json").toFile()).at("/teacher/fingerprint"))
                .isEqualTo(report.at("/teacher/fingerprint"));
    }

    @Test
    void whatFailsIsInManifestAndLog() throws IOException {
        String diverging = small.recipe("diverging", "[1]") + "teacher.training.learning-rate.rate = 1e30\n";
        assertThatThrownBy(() -> execute(diverging))
                .isInstanceOf(RunFailedException.class)
                .hasMessageMatching(
                        "training diverged in epoch 1 of 6: (the loss|a parameter) became NaN at a learning rate of about \\S+; lower"
                                + " learning-rate\\.rate, lengthen learning-rate\\.warm-up, or look for extreme feature values\n"
                                + "The stack trace is in \\S+/runs/diverging/[0-9-]+/log");
        try (var runs = Files.list(directory.resolve("root/runs/diverging"))) {
            Path failed = runs.findFirst().orElseThrow();
            JsonNode manifest = JSON.readTree(failed.resolve("manifest.json").toFile());
            assertThat(manifest.at("/status").asText()).isEqualTo("FAILED");
            assertThat(manifest.at("/problem").asText()).startsWith("training diverged in epoch 1 of 6: ");
            assertThat(Files.readString(failed.resolve("log")))
                    .contains("failed: io.retort.distill.TrainingDivergedException: training diverged")
                    .contains("\tat io.retort.distill.SynchronousTrainer");
        }
    }

    /** The digest of everything that a run exported, by file name. */
    private static Map<String, String> models(Path run) throws IOException {
        Map<String, String> models = new TreeMap<>();
        try (var files = Files.walk(run)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                String name = run.relativize(file).toString();
                if (name.startsWith("student-") && !name.endsWith(".crc")) {
                    models.put(name, new Digest().add(Files.readAllBytes(file)).hex());
                }
            }
        }
        return models;
    }

    private static byte[] idx(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file);
                InputStream plain = file.toString().endsWith(".gz") ? new GZIPInputStream(in) : in) {
            return plain.readAllBytes();
        }
    }

    private static int greatest(float[] logits) {
        int best = 0;
        for (int c = 1; c < logits.length; c++) {
            best = logits[c] > logits[best] ? c : best;
        }
        return best;
    }
}
