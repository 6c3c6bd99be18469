package io.retort.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.retort.compress.Compressed.Sensitivity;
import io.retort.config.ConfigException;
import io.retort.network.BatchNormFolding;
import io.retort.network.Cost;
import io.retort.network.Network;
import io.retort.network.NetworkFiles;
import io.retort.network.compact.CompactFile;
import io.retort.network.int8.Quantization;
import io.retort.network.int8.QuantizationFile;
import io.retort.plan.Plan;
import io.retort.recipe.Recipe;
import io.retort.report.Figures;
import io.retort.report.Report;
import io.retort.report.ResultsTable;
import io.retort.report.StudentSection;
import io.retort.report.StudentSection.CompactExport;
import io.retort.report.StudentSection.CompactSection;
import io.retort.report.StudentSection.CompressionSection;
import io.retort.report.StudentSection.StageSection;
import io.retort.report.SummaryTable;
import io.retort.run.record.ReusableRun;
import io.retort.run.record.RunContext;
import io.retort.run.record.RunLog.RunFailedException;
import io.retort.spark.LocalSpark;
import io.retort.storage.Storage;
import io.retort.teacher.RecipeMismatchException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/** A student through every kind of compression, two replicas, and what floors do. */
@TestInstance(Lifecycle.PER_CLASS) // the run is made once, for all tests
class CompressionRunTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String TUNED = "training { epochs = 1, batch-size = 64 }";
    private static final String THINNER = "{ kind = prune-channels, ratio = 0.3, importance = taylor, " + TUNED + " }";
    private static final String SPARSE = "{ kind = prune-weights, sparsity = 0.6, steps = 2, " + TUNED + " }";
    private static final String FACTORED = "{ kind = low-rank, keep = 0.6, method = channel, " + TUNED + " }";
    private static final String UNTUNED =
            "{ kind = prune-channels, ratio = 0.8, importance = random, losses = [], %s }";
    private static final String COMPACT = ", compact-files = [{}, { weights = float32, coding = none }]";
    private static final Storage STORAGE = Storage.of(new Configuration());

    @TempDir
    private static Path directory;

    private final List<String> said = new ArrayList<>();
    private SmallRun small;
    private Path run;
    private Report report;

    @BeforeAll
    void execute() throws IOException {
        small = SmallRun.in(directory);
        RecipeRun.Result result = execute(THINNER, SPARSE, FACTORED);
        run = Path.of(result.directory().toUri().getPath());
        report = result.report();
    }

    private static String student(String... stages) {
        return SmallRun.CONV
                .strip()
                .replaceFirst("}\\s*$", ", compress = [" + String.join("\n", stages) + "] " + COMPACT + "}")
                .replace("cbr6, max, dws8, max", "cbr8, max, cbr12, max");
    }

    private String recipe(String... stages) {
        return small.recipe("compressed", "[1]", student(stages)) + "teacher.training.epochs = 2\n";
    }

    private RecipeRun.Result execute(String... stages) {
        return executeText(recipe(stages));
    }

    private RecipeRun.Result executeText(String recipe) {
        RunContext context = SmallRun.context(directory.resolve("root"), said::add);
        return new RecipeRun(LocalSpark.context(), context, SmallRun.bound(recipe)).execute();
    }

    private Network exported(Path of) {
        return NetworkFiles.read(
                STORAGE,
                new org.apache.hadoop.fs.Path(of.resolve("student-conv-seed1").toString()));
    }

    @Test
    void everyStageIsInTheReport() throws IOException {
        List<StageSection> stages = report.students().get(0).stages();
        assertThat(stages)
                .extracting(StageSection::kind)
                .containsExactly("distill", "prune-channels", "prune-weights", "low-rank");
        Figures distilled = stages.get(0).figures();
        assertThat(stages.get(0).compression()).isEmpty();
        assertThat(stages.get(1).figures().macs().orElseThrow())
                .isLessThanOrEqualTo((long) (0.7 * distilled.macs().orElseThrow()));
        assertThat(stages.get(1).figures().bytes().orElseThrow())
                .isLessThan(distilled.bytes().orElseThrow());
        assertThat(stages.get(3).figures().macs().orElseThrow())
                .isLessThan(stages.get(2).figures().macs().orElseThrow());
        CompressionSection sparse = stages.get(2).compression().get(0);
        assertThat(sparse.zeros()).isEqualTo(Math.round(0.6 * sparse.weights()));
        assertThat(sparse.deflatedBytes())
                .isLessThan((long) (0.8 * stages.get(2).figures().bytes().orElseThrow()));
        assertThat(stages)
                .as("trainings: the distillation, and a fine-tuning after each step")
                .extracting(stage -> stage.curves().size())
                .containsExactly(1, 1, 2, 1);
        assertThat(stages)
                .allSatisfy(stage -> assertThat(stage.figures().accuracy())
                        .as("twice what guessing gives of 10 classes")
                        .isGreaterThan(0.2));
        assertThat(stages.subList(1, 4))
                .allSatisfy(stage -> assertThat(stage.compression().get(0).speed())
                        .singleElement()
                        .satisfies(speed -> {
                            assertThat(speed.p50()).isPositive().isFinite();
                            assertThat(speed.batch()).isPositive().isFinite();
                        }));
        JsonNode json = JSON.readTree(run.resolve("report.json").toFile());
        assertThat(json.at("/students/0/stages/0").has("compression")).isFalse();
        assertThat(json.at("/students/0/stages/3/compression/0/layers/0/layer").asText())
                .isEqualTo("block1.conv");
        assertThat(Files.readString(run.resolve("report.html")))
                .contains("Compression, stage by stage", "conv, seed 1, 3 prune-weights", "weights are 0");
        assertThat(SummaryTable.of(report)).contains("  1 distill", "  4 low-rank");
    }

    @Test
    void theLastStageIsWhatIsExported() {
        StudentSection student = report.students().get(0);
        Figures last = student.stages().get(3).figures();
        assertThat(student.distilled()).isEqualTo(last);
        assertThat(student.gain())
                .hasValue(last.accuracy() - student.baseline().orElseThrow().accuracy());
        Cost cost = Cost.of(exported(run).structure());
        assertThat(cost.trainedParameters()).isEqualTo(last.parameters().orElseThrow());
        assertThat(cost.macs()).isEqualTo(last.macs().orElseThrow());
        assertThat(run.resolve(student.export().path()))
                .satisfies(onnx ->
                        assertThat(Files.size(onnx)).isEqualTo(last.bytes().orElseThrow()));
    }

    @Test
    void compactFilesAreWrittenAndTold() throws IOException {
        StudentSection student = report.students().get(0);
        assertThat(student.stages()).allSatisfy(stage -> {
            assertThat(stage.compact())
                    .extracting(CompactSection::form)
                    .containsExactly("float16-huffman", "float32-none");
            CompactSection exact = stage.compact().get(1);
            assertThat(exact.bytes()).isEqualTo(exact.uncodedBytes());
            assertThat(stage.compact().get(0).bytes()).isLessThan(exact.bytes());
            assertThat(exact.ratio() * exact.bytes())
                    .isEqualTo(
                            4.0 * student.stages().get(0).figures().parameters().orElseThrow(), within(1e-6));
        });
        CompactSection sparse = student.stages().get(2).compact().get(0);
        assertThat(sparse.uncodedBytes()).as("60 % of the weights are 0").isLessThan(sparse.denseBytes());
        assertThat(student.export().compact())
                .extracting(CompactExport::path)
                .containsExactly(
                        "student-conv-seed1-float16-huffman.compact", "student-conv-seed1-float32-none.compact");
        CompactExport halves = student.export().compact().get(0);
        assertThat(halves.labelAgreement()).isGreaterThan(0.99);
        assertThat(halves.bytes())
                .isEqualTo(student.stages().get(3).compact().get(0).bytes());
        byte[] exact =
                Files.readAllBytes(run.resolve(student.export().compact().get(1).path()));
        assertThat(CompactFile.read(exact, CompactFile.DEFAULT_MAX_BYTES, "c").network())
                .isEqualTo(BatchNormFolding.fold(exported(run)));
        assertThat(student.export().compact().get(1).labelAgreement()).isEqualTo(1);
        JsonNode json = JSON.readTree(run.resolve("report.json").toFile());
        assertThat(json.at("/students/0/stages/3/compact/0/bytes").asLong()).isEqualTo(halves.bytes());
        assertThat(ResultsTable.of(report)).contains("| conv, 3 prune-weights | float16-huffman | ");
    }

    @Test
    void storesHalves() {
        RecipeRun.Result result = execute(THINNER, "{ kind = float16 }");
        StudentSection student = result.report().students().get(0);
        StageSection before = student.stages().get(1);
        StageSection after = student.stages().get(2);
        assertThat(after.figures().bytes().orElseThrow())
                .isLessThan(before.figures().bytes().orElseThrow())
                .as("of 2 bytes less for each parameter, all but names")
                .isLessThan(before.figures().bytes().orElseThrow()
                        - before.figures().parameters().orElseThrow());
        assertThat(after.figures().accuracy()).isGreaterThan(before.figures().accuracy() - 0.02);
        assertThat(after.compression().get(0).layers())
                .allSatisfy(layer -> assertThat(layer.change()).isEqualTo("float16"));
        assertThat(student.export().parity().greatestRelativeDifference()).isLessThanOrEqualTo(1e-4);
        assertThat(student.export().compact().get(0).labelAgreement())
                .as("a compact file of halves loses no more")
                .isEqualTo(1);
    }

    @Test
    void theTeacherIsNotAskedAgain() {
        // 4 shards of training samples and 1 of test samples, once
        assertThat(report.cache().labelled()).isEqualTo(5);
    }

    @Test
    void aRecipeThatBeginsAlikeTrainsNothing() throws IOException {
        said.clear();
        RecipeRun.Result shorter = execute(THINNER, SPARSE);
        JsonNode manifest = JSON.readTree(Path.of(shorter.directory().toUri().getPath())
                .resolve("manifest.json")
                .toFile());
        assertThat(manifest.at("/stages"))
                .hasSize(6) // teacher, student, baseline, one step and two
                .allSatisfy(stage -> assertThat(stage.at("/outcome").asText()).isEqualTo("REUSED"));
        assertThat(shorter.report().students().get(0).stages())
                .isEqualTo(report.students().get(0).stages().subList(0, 3));
    }

    @Test
    void aStudentOfAnotherNameIsNotMeasuredAgain() {
        String renamed = recipe(THINNER, SPARSE).replace("name = conv", "name = other");
        assertThat(measured(executeText(renamed).report()))
                .as("times are not twice the same")
                .isEqualTo(measured(report).subList(0, 3));
    }

    private static List<List<Object>> measured(Report of) {
        return of.students().get(0).stages().stream()
                .map(stage -> List.<Object>of(
                        stage.figures().latency(),
                        stage.figures().metrics(),
                        stage.compression().stream()
                                .map(CompressionSection::speed)
                                .toList()))
                .toList();
    }

    @Test
    void quantizesWhatIsLeft() {
        RecipeRun.Result result = execute(THINNER, SPARSE, FACTORED, "{ kind = quantize, samples = 256 }");
        StudentSection student = result.report().students().get(0);
        StageSection before = student.stages().get(3);
        StageSection after = student.stages().get(4);
        assertThat(after.kind()).isEqualTo("quantize");
        assertThat(after.figures().bytes().orElseThrow())
                .isLessThan(before.figures().bytes().orElseThrow());
        assertThat(after.figures().macs().orElseThrow())
                .isEqualTo(before.figures().macs().orElseThrow());
        assertThat(after.figures().accuracy()).isGreaterThan(before.figures().accuracy() - 0.05);
        assertThat(after.compression().get(0).zeros())
                .as("what earlier stages set to 0, and what 7 bits round to it")
                .isGreaterThan(before.compression().get(0).zeros());
        assertThat(student.export().parity().labelAgreement()).isGreaterThanOrEqualTo(0.995);
        Path quantized = Path.of(result.directory().toUri().getPath());
        Network network = exported(quantized);
        byte[] file = STORAGE.read(new org.apache.hadoop.fs.Path(
                quantized.resolve("student-conv-seed1/quantization.json").toString()));
        Quantization quantization = QuantizationFile.read(file, network, "quantization.json");
        assertThat(quantization.keptInFloat(network)).isEmpty();
        byte[] compact = STORAGE.read(new org.apache.hadoop.fs.Path(
                quantized.resolve(student.export().compact().get(0).path()).toString()));
        assertThat(CompactFile.read(compact, CompactFile.DEFAULT_MAX_BYTES, "c"))
                .isEqualTo(new CompactFile.Contents(quantization.rounded(network), quantization));
        assertThat(compact.length).isLessThan((int) after.figures().bytes().orElseThrow());
        assertThat(student.export().compact().get(0).labelAgreement()).isEqualTo(1);
    }

    @Test
    void quantizesInTraining() {
        String last = "{ kind = quantize-in-training, samples = 256, weight-bits = 4, " + TUNED + " }";
        RecipeRun.Result result = execute(THINNER, SPARSE, FACTORED, last);
        StudentSection student = result.report().students().get(0);
        StageSection before = student.stages().get(3);
        StageSection after = student.stages().get(4);
        assertThat(after.kind()).isEqualTo("quantize-in-training");
        assertThat(after.figures().bytes().orElseThrow())
                .isLessThan(before.figures().bytes().orElseThrow());
        assertThat(after.figures().macs().orElseThrow())
                .isEqualTo(before.figures().macs().orElseThrow());
        assertThat(after.compression().get(0).zeros())
                .as("what earlier stages set to 0, and what 4 bits round to it")
                .isGreaterThan(before.compression().get(0).zeros());
        assertThat(student.export().parity().labelAgreement()).isGreaterThanOrEqualTo(0.995);
        assertThat(result.report().cache().labelled())
                .as("asks the teacher nothing")
                .isZero();
    }

    @Test
    void aStageHasItsOwnSeed() {
        Network unsaid = drawn("");
        assertThat(drawn("seed = 0")).isEqualTo(unsaid);
        Network other = drawn("seed = 1");
        assertThat(other.structure()).isEqualTo(unsaid.structure());
        assertThat(other).as("other channels are left").isNotEqualTo(unsaid);
    }

    /** What is left of the distilled student, by chance. */
    private Network drawn(String seed) {
        RecipeRun.Result result =
                execute("{ kind = prune-channels, ratio = 0.4, importance = random, losses = [], %s }".formatted(seed));
        return exported(Path.of(result.directory().toUri().getPath()));
    }

    @Test
    void aTeacherThatIsCutBecomesAStudent() throws IOException {
        String student = begun(
                "teacher",
                "{ kind = prune-channels, ratio = 0.6, losses = [] }, { kind = prune-weights, sparsity = 0.5, losses = [] }",
                "{ kind = quantize, samples = 256 }");
        RecipeRun.Result result = executeText(small.recipe("cut", "[1]", student) + "teacher.training.epochs = 2\n");
        StudentSection section = result.report().students().get(0);
        List<StageSection> stages = section.stages();
        assertThat(stages)
                .extracting(StageSection::kind)
                .containsExactly("start", "prune-channels", "prune-weights", "distill", "quantize");
        Figures start = stages.get(0).figures();
        assertThat(start.agreement()).isEqualTo(1);
        assertThat(start.accuracy()).isEqualTo(result.report().teacher().accuracy());
        assertThat(stages.get(1).figures().macs().orElseThrow())
                .isLessThanOrEqualTo((long) (0.4 * start.macs().orElseThrow()));
        assertThat(stages.get(3).figures().accuracy())
                .as("what was cut is learned again")
                .isGreaterThan(stages.get(2).figures().accuracy());
        assertThat(section.afterDistillation()).isEqualTo(stages.get(3).figures());
        assertThat(section.baseline().orElseThrow().parameters().orElseThrow())
                .as("begins where the student does")
                .isEqualTo(stages.get(3).figures().parameters().orElseThrow());
        CompressionSection rounded = stages.get(4).compression().get(0);
        assertThat(rounded.zeros())
                .as("weights that were 0 before the training")
                .isGreaterThanOrEqualTo((long) (0.5 * rounded.weights()));
        assertThat(stages)
                .extracting(stage -> stage.compression().stream()
                        .mapToInt(one -> one.speed().size())
                        .sum())
                .as("times beside those of the distilled student")
                .containsExactly(0, 0, 0, 0, 1);
        assertThat(result.report().cache().labelled()).as("by the same teacher").isZero();
        assertThat(SummaryTable.of(result.report())).contains("  1 start", "  3 prune-weights", "  4 distill");
        assertThat(Files.readString(
                        Path.of(result.directory().toUri().getPath()).resolve("report.html")))
                .contains("cut, seed 1, 1 start", "cut, seed 1, 2 prune-channels");
    }

    private static String begun(String from, String first, String after) {
        return """
                { name = cut, from = "%s", compress-first = [%s], training { epochs = 2, batch-size = 64 }
                  losses = [{ kind = cross-entropy, weight = 0.5 }, { kind = soft-target, weight = 0.5, temperature = 3 }]
                  compress = [%s] }
                """.formatted(from, first, after);
    }

    @Test
    void aSavedNetworkIsWhereStudentAndBaselineBegin() {
        String slow = begun(run.resolve("student-conv-seed1").toString(), "", "")
                .replace("batch-size = 64", "batch-size = 64, learning-rate.rate = 1e-6");
        RecipeRun.Result result = executeText(small.recipe("on", "[1]", slow) + "teacher.training.epochs = 2\n");
        StudentSection section = result.report().students().get(0);
        assertThat(section.stages()).extracting(StageSection::kind).containsExactly("start", "distill");
        Figures left = report.students().get(0).distilled();
        assertThat(section.stages().get(0).figures().metrics()).isEqualTo(left.metrics());
        for (Figures trained :
                List.of(section.afterDistillation(), section.baseline().orElseThrow())) {
            assertThat(trained.accuracy())
                    .as("one that begins with drawn parameters would guess")
                    .isCloseTo(left.accuracy(), within(0.1));
            assertThat(trained.metrics()).isNotEqualTo(left.metrics());
        }
    }

    @Test
    void aRunDependsOnTheSavedNetworksOfItsStudents() throws IOException {
        Path copy = Files.createDirectory(directory.resolve("copy"));
        try (Stream<Path> files = Files.list(run.resolve("student-conv-seed1"))) {
            for (Path file : files.toList()) {
                Files.copy(file, copy.resolve(file.getFileName()));
            }
        }
        Recipe recipe = SmallRun.bound(small.recipe("on", "[1]", begun(copy.toString(), "", "")));
        RunContext context = SmallRun.context(directory.resolve("root"), said::add);
        String before = ReusableRun.key(context, recipe, 2);
        assertThat(ReusableRun.key(context, recipe, 2)).isEqualTo(before);
        org.apache.hadoop.fs.Path structure =
                new org.apache.hadoop.fs.Path(copy.toUri().getPath(), "structure.json");
        STORAGE.write(
                structure,
                (new String(STORAGE.read(structure), StandardCharsets.UTF_8) + "\n").getBytes(StandardCharsets.UTF_8));
        assertThat(ReusableRun.key(context, recipe, 2)).isNotEqualTo(before);
    }

    @Test
    void refusesABeginningThatCannotBe() {
        assertThat(problems(begun("teacher", "quantize", "")))
                .containsExactly("students[0].compress-first: has 'quantize', which must be the last stage of compress;"
                        + " the training would undo it");
        assertThat(problems(begun("teacher", "", "").replace("training", "architecture = w1-student, training")))
                .containsExactly(
                        "students[0].from: must not be set beside architecture; the network that it names has its own");
        assertThat(problems(begun("teacher", "", "").replace("from = \"teacher\",", "")))
                .containsExactly(
                        "students[0].architecture: missing; name one, or set from to teacher or to the directory of"
                                + " a saved network");
        assertThat(problems(
                        begun("teacher", "low-rank", "").replace("from = \"teacher\"", "architecture = w1-student")))
                .containsExactly(
                        "students[0].compress-first: must be empty where from is not set, for a network that has"
                                + " learned nothing has nothing to keep; use compress, or a smaller architecture");
        String one = "{ kind = network, architecture { kind = conv-net, chain = [cbr4, max] } }";
        String several = small.recipe("cut", "[1]", begun("teacher", "", ""))
                .replaceFirst(
                        "(?s)teacher \\{.*?students",
                        "teacher { kind = ensemble, average = logits, members = [" + one + ", " + one
                                + " { seed = 2 }] }\nstudents");
        assertThatThrownBy(() -> Plan.ahead(SmallRun.bound(several), STORAGE))
                .isInstanceOf(RecipeMismatchException.class)
                .hasMessage("students[0].from: is teacher, but that has 2 networks; set it to the directory of a saved"
                        + " one, or learn from a single teacher");
        String tooMuch = begun("teacher", "{ kind = prune-channels, except = [block9] }", "");
        assertThatThrownBy(() -> Plan.ahead(SmallRun.bound(small.recipe("cut", "[1]", tooMuch)), STORAGE))
                .isInstanceOf(RecipeMismatchException.class)
                .hasMessageStartingWith(
                        "students[0].compress-first[0].except: names 'block9', which is no layer that may be cut");
        Recipe retrained = SmallRun.bound(small.recipe("cut", "[1]", begun("teacher", "", "")) + "retrain.model = m\n");
        assertThatThrownBy(retrained::ofChallenger)
                .hasMessage("students[0].from must not be set, for a retraining begins at the champion or from scratch;"
                        + " name a student with an architecture");
        String challenger = begun("teacher", "", "")
                .replace(
                        "from = \"teacher\"",
                        "architecture { kind = conv-net, chain = [cbr4, max] }, control = hard-labels");
        Recipe controlled = SmallRun.bound(small.recipe("cut", "[1]", challenger) + "retrain.model = m\n");
        assertThatThrownBy(controlled::ofChallenger)
                .hasMessage("students[0].control must not be set, for a retraining trains neither a baseline nor a"
                        + " control; leave it out of the challenger, and compare in a run");
    }

    private List<String> problems(String student) {
        try {
            SmallRun.bound(small.recipe("cut", "[1]", student));
        } catch (ConfigException e) {
            return e.problems().stream()
                    .map(problem -> problem.path() + ": " + problem.message())
                    .toList();
        }
        return List.of();
    }

    @Test
    void refusesWhatWouldUndoAStage() {
        assertThatThrownBy(() -> SmallRun.bound(recipe("{ kind = quantize }", SPARSE)))
                .isInstanceOfSatisfying(
                        ConfigException.class,
                        refusal -> assertThat(refusal.problems())
                                .extracting(problem -> problem.path() + ": " + problem.message())
                                .containsExactly(
                                        "students[0].compress: has 'prune-weights' after 'quantize', which must"
                                                + " be the last stage; what follows would undo it"));
    }

    @Test
    void refusesTwoFilesOfOneForm() {
        String twice = recipe(THINNER).replace(COMPACT, ", compact-files = [{}, { coding = huffman }]");
        assertThatThrownBy(() -> SmallRun.bound(twice))
                .isInstanceOfSatisfying(
                        ConfigException.class,
                        refusal -> assertThat(refusal.problems())
                                .extracting(problem -> problem.path() + ": " + problem.message())
                                .containsExactly("students[0].compact-files: must differ, for each is named after its"
                                        + " form, were [float16-huffman, float16-huffman]"));
    }

    @Test
    void aFloorStopsOrRollsBack() {
        String back = UNTUNED.formatted("floor { max-drop = 0.05, on-break = roll-back }");
        String stop = UNTUNED.formatted("floor { min-accuracy = 0.999 }");
        List<StageSection> stages =
                execute(back, THINNER, stop, SPARSE).report().students().get(0).stages();
        assertThat(stages)
                .extracting(stage -> stage.compression().stream()
                        .map(one -> one.outcome().toString())
                        .findFirst()
                        .orElse(""))
                .containsExactly("", "ROLLED_BACK", "KEPT", "STOPPED");
        assertThat(stages.get(2).figures().macs().orElseThrow())
                .as("begins where the stage that was rolled back began")
                .isEqualTo(report.students()
                        .get(0)
                        .stages()
                        .get(1)
                        .figures()
                        .macs()
                        .orElseThrow());
        assertThat(said)
                .anyMatch(
                        line -> line.matches(".*compress 3 prune-channels: accuracy .* below its floor; the student is"
                                + " what it was before this stage, and later ones are not run"));
    }

    @Test
    void channelsGoWhereTheyCanBeSpared() throws IOException {
        String scanned =
                "{ kind = prune-channels, ratio = 0.4, scope = sensitivity, scan { samples = 256, ratios = [0.25, 0.5]"
                        + " }, "
                        + TUNED + " }";
        RecipeRun.Result result = execute(scanned);
        List<StageSection> stages = result.report().students().get(0).stages();
        assertThat(stages.get(1).figures().macs().orElseThrow()).isLessThanOrEqualTo((long)
                (0.6 * stages.get(0).figures().macs().orElseThrow()));
        List<Sensitivity> groups = stages.get(1).compression().get(0).sensitivities();
        assertThat(groups).extracting(Sensitivity::group).containsExactly("block1.conv", "block3.conv");
        assertThat(groups).extracting(Sensitivity::channels).containsExactly(8, 12);
        assertThat(groups).allSatisfy(group -> {
            assertThat(group.points()).hasSize(4);
            assertThat(group.points().get(0).accuracy()).as("half-trained").isGreaterThan(0.2);
            assertThat(group.chosen()).isBetween(0.0, 1.0);
        });
        Path directoryOfRun = Path.of(result.directory().toUri().getPath());
        JsonNode json = JSON.readTree(directoryOfRun.resolve("report.json").toFile());
        assertThat(json.at("/students/0/stages/1/compression/0/sensitivities/1/points/2/ratio")
                        .asDouble())
                .isEqualTo(0.5);
        assertThat(json.at("/students/0/stages/0").has("compression")).isFalse();
        assertThat(Files.readString(directoryOfRun.resolve("report.html"))).contains("what each group can spare");
        RecipeRun.Result again = execute(scanned, "{ kind = prune-weights, sparsity = 0.1, losses = [] }");
        assertThat(again.report().students().get(0).stages().subList(0, 2))
                .as("the same cut, whose fine-tuning is in the store")
                .isEqualTo(stages);
    }

    @Test
    void anAgreementThatCannotBeReachedBreaksTheFloor() {
        String coarse =
                "{ kind = quantize, samples = 256, weight-bits = 2, corrections = [], agreement = 1.0, floor.on-break"
                        + " = %s }";
        for (String rule : List.of("roll-back", "stop")) {
            said.clear();
            RecipeRun.Result result = execute(THINNER, coarse.formatted(rule));
            List<StageSection> stages = result.report().students().get(0).stages();
            CompressionSection section = stages.get(2).compression().get(0);
            assertThat(section.outcome().toString()).isEqualTo(rule.equals("stop") ? "STOPPED" : "ROLLED_BACK");
            assertThat(section.obstacles())
                    .singleElement()
                    .asString()
                    .matches("agreement is 0\\.\\d{4} with one layer in int8, of 1\\.0000 that must be reached;"
                            + " raise weight-bits, or lower agreement");
            assertThat(section.layers()).isEmpty();
            assertThat(section.speed()).isEmpty();
            assertThat(section.drop()).isZero();
            assertThat(stages.get(2).figures()).isEqualTo(stages.get(1).figures());
            Path directoryOfRun = Path.of(result.directory().toUri().getPath());
            assertThat(Cost.of(exported(directoryOfRun).structure()).macs())
                    .as("what is exported is what was before")
                    .isEqualTo(stages.get(1).figures().macs().orElseThrow());
            assertThat(directoryOfRun.resolve("report.html")).content().contains("agreement is 0.");
            assertThat(said)
                    .anyMatch(line -> line.contains("compress 2 quantize: agreement is 0.")
                            && line.contains("lower agreement; the student is what it was before this stage"));
        }
    }

    @Test
    void refusesBeforeAnythingIsTrainedWhatCanNeverWork() {
        String misspelt = "{ kind = prune-channels, except = [block1.conv.bais] }";
        String tooMuch = "{ kind = prune-channels, ratio = 0.9, min-channels = 6 }";
        String message = "students[0].compress[1].except: names 'block1.conv.bais', which is no layer that may be cut;"
                + " did you mean 'block1.conv.basis'?"
                + " those are [block1.conv.basis, block1.conv, block3.conv.basis, block3.conv]";
        assertThatThrownBy(() -> Plan.ahead(SmallRun.bound(recipe(FACTORED, misspelt)), STORAGE))
                .isInstanceOf(RecipeMismatchException.class)
                .hasMessage(message);
        said.clear();
        assertThatThrownBy(() -> execute(FACTORED, misspelt))
                .isInstanceOf(RunFailedException.class)
                .hasMessageStartingWith(message + "\nThe stack trace is in ");
        assertThat(said).noneMatch(line -> line.contains("teacher"));
        // 28·28 pixels of 6·9 weights, 14·14 of 6·6·9 and 10·6; of 8·9, 8·12·9 and 10·12
        assertThatThrownBy(() -> Plan.ahead(SmallRun.bound(recipe(tooMuch)), STORAGE))
                .hasMessageMatching(
                        "students\\[0\\]\\.compress\\[0\\]\\.ratio: 0\\.9 of the MACs cannot be cut: with 6 channels in"
                                + " every group that may be cut, .* MACs are left, so that at most 0\\.[0-9]+ can go;"
                                + " lower ratio or min-channels");
    }

    @Test
    void refusesTapsThatFoldingChanges() {
        for (String tap : List.of("block1.conv", "block1.norm")) {
            String hint =
                    ", { kind = hint, weight = 0.5, pairs = [{ teacher = block1.relu, student = " + tap + " }] }]";
            String tapped = recipe("{ kind = quantize-in-training, " + TUNED + " }")
                    .replace("temperature = 3 }]", "temperature = 3 }" + hint);
            assertThatThrownBy(() -> Plan.ahead(SmallRun.bound(tapped), STORAGE))
                    .isInstanceOf(RecipeMismatchException.class)
                    .hasMessage("students[0].compress[0].losses: name the student's tap '" + tap
                            + "', which is not what it was when BatchNorm is folded; name what reads the BatchNorm, here"
                            + " and in the student's own losses, or give the stage losses of logits");
            assertThat(Plan.ahead(SmallRun.bound(tapped.replace(tap, "block1.relu")), STORAGE)
                            .taps())
                    .containsKey("conv");
        }
    }

    @Test
    void refusesAPenaltyOfScalesThatNobodyHas() {
        String dense = SmallRun.DENSE.replace("epochs = 2", "epochs = 2, scale-penalty = 1e-4");
        String plain = small.recipe("penalised", "[1]", dense);
        assertThatThrownBy(() -> Plan.ahead(SmallRun.bound(plain), STORAGE))
                .hasMessage(
                        "students[0].training.scale-penalty: is 1.0E-4, but the network has no BatchNorm whose scales"
                                + " it would reduce; leave it out");
        String conv = SmallRun.CONV.replace("epochs = 3", "epochs = 3, scale-penalty = 1e-4");
        assertThatThrownBy(() ->
                        SmallRun.bound(small.recipe("penalised", "[1]", conv) + "trainer = null\ntrainer = dl4j\n"))
                .hasMessageContaining(
                        "trainer: must be synchronous or averaging, for student 'conv' is trained with a scale-penalty");
    }

    @Test
    void refusesATrainerThatKeepsNoMask() {
        String recipe = recipe(SPARSE) + "trainer = null\ntrainer = dl4j\n";
        assertThatThrownBy(() -> SmallRun.bound(recipe))
                .isInstanceOfSatisfying(
                        ConfigException.class,
                        refusal -> assertThat(refusal.problems())
                                .extracting(problem -> problem.path() + ": " + problem.message())
                                .containsExactly(
                                        "trainer: must be synchronous or averaging, for student 'conv' is compressed by setting"
                                                + " weights to 0, which no other trainer keeps at 0"));
    }
}
