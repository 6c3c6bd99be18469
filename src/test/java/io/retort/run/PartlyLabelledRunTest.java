package io.retort.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.retort.data.shard.ShardStore;
import io.retort.plan.Preview;
import io.retort.recipe.Recipe;
import io.retort.report.Figures;
import io.retort.report.HtmlReport;
import io.retort.report.Report;
import io.retort.report.StudentSection;
import io.retort.report.StudentSection.CompressionSection;
import io.retort.report.SummarySection;
import io.retort.report.SummaryTable;
import io.retort.run.record.RunLog.RunFailedException;
import io.retort.spark.LocalSpark;
import io.retort.storage.Storage;
import io.retort.teacher.RecipeMismatchException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** 2,048 training images, of which few keep their labels or none. */
class PartlyLabelledRunTest {
    private static final String SPLIT = "data.label-limit = 100\ndata.validation.fraction = 0.2\n";
    private static final String UNLABELLED = "data.train.labels = []\n";
    private static final String CUT = """
            { name = cut, architecture { kind = conv-net, chain = [cbr6, max, dws8, max] }
              training { epochs = 2, batch-size = 64, learning-rate { rate = 1e-2 } }
              losses = [{ kind = cross-entropy, weight = 0.5 }, { kind = soft-target, weight = 0.5 }]
              compress = [{ kind = prune-channels, ratio = 0.3, scope = sensitivity, losses = []
                scan { samples = 256 }, floor { max-drop = 1.0 } }] }
            """;

    @TempDir
    private static Path root;

    private static SmallRun small;
    private static RecipeRun.Result few;
    private static List<String> heard;

    @BeforeAll
    static void runWithFewLabels() throws IOException {
        small = SmallRun.in(root);
        heard = new ArrayList<>();
        few = execute(small.recipe("few", "[1]", CUT) + SPLIT);
    }

    private static RecipeRun.Result execute(String recipe) {
        return execute(recipe, root.resolve("store"));
    }

    private static RecipeRun.Result execute(String recipe, Path store) {
        heard.clear();
        return new RecipeRun(LocalSpark.context(), SmallRun.context(store, heard::add), SmallRun.bound(recipe))
                .execute();
    }

    /** A student that listens to a saved teacher alone. */
    private static String taught(String name, String seeds) {
        Path run = Path.of(few.directory().toUri().getPath());
        String whole = small.recipe(name, seeds, SmallRun.DENSE);
        return whole.substring(0, whole.indexOf("teacher {"))
                + "teacher { kind = network, from = \"" + run.resolve("student-cut-seed1") + "\" }\n"
                + whole.substring(whole.indexOf("students = ["));
    }

    private static Report.DatasetSection dataset(RecipeRun.Result result) {
        return result.report().dataset();
    }

    @Test
    void reportSaysHowManyRowsHadALabelAndOnWhatWasChosen() throws IOException {
        Report report = few.report();
        assertThat(report.dataset().trainLabelled()).isEqualTo(100);
        Report.ValidationSection validation = report.dataset().validation().orElseThrow();
        assertThat(report.dataset().trainSamples() + validation.samples()).isEqualTo(2048);
        assertThat(validation.samples())
                .as("0.2 of 2,048, with a deviation of 18")
                .isBetween(330L, 490L);
        assertThat(validation.labelled()).isEqualTo(validation.samples());
        assertThat(validation.fraction()).isEqualTo(0.2);
        assertThat(report.dataset().score()).isEqualTo("accuracy");
        assertThat(SummaryTable.of(report))
                .contains(
                        String.format(
                                "100 of %,d training images have a label",
                                report.dataset().trainSamples()),
                        String.format("chosen on %,d validation images", validation.samples()));
        assertThat(HtmlReport.of(report)).contains("training images have a label", "Chosen on");
        String json =
                Files.readString(Path.of(few.directory().toUri().getPath()).resolve("report.json"));
        assertThat(json).contains("\"trainLabelled\" : 100,");
    }

    /** 26 steps of an epoch over all rows, two of one over the labelled ones. */
    @Test
    void baselineHasTheLabelledRowsAndAsManySteps() {
        StudentSection student = few.report().students().get(0);
        int epochs = student.stages().get(0).curves().get(0).epochs();
        assertThat(epochs).isEqualTo(2);
        assertThat(student.baselineCurves().get(0).epochs()).isEqualTo(epochs * 26 / 2);
        assertThat(student.gain())
                .hasValue(student.distilled().accuracy()
                        - student.baseline().orElseThrow().accuracy());
        assertThat(few.report().teacher().curves().get(0).epochs())
                .as("the teacher has its own budget, on the labelled rows")
                .isEqualTo(6);
    }

    @Test
    void floorsAndScansAreDecidedOnTheValidationRows() {
        StudentSection student = few.report().students().get(0);
        CompressionSection cut = student.stages().get(1).compression().get(0);
        double heldOut = student.stages().get(0).figures().accuracy()
                - student.stages().get(1).figures().accuracy();
        long validation = dataset(few).validation().orElseThrow().samples();
        assertThat(cut.drop() * validation)
                .as("a number of validation rows")
                .isCloseTo(Math.rint(cut.drop() * validation), within(1e-6));
        assertThat(cut.drop()).isNotEqualTo(heldOut);
        assertThat(cut.sensitivities()).isNotEmpty();
    }

    @Test
    void neitherLimitNorFractionMakesShardsOrLabelsAnew() {
        RecipeRun.Result other = execute(taught("other", "[1]") + "data.label-limit = 50\n");
        int shards = shards();
        RecipeRun.Result split = execute(taught("other", "[1]") + "data.validation.fraction = 0.1\n");
        assertThat(shards()).isEqualTo(shards);
        assertThat(dataset(split).trainLabelled()).isEqualTo(dataset(split).trainSamples());
        // The teacher sees the plain view of the training shards, once more, and nothing again.
        assertThat(split.report().cache().labelled()).isEqualTo(4);
        assertThat(dataset(other).trainLabelled()).isEqualTo(50);
        assertThat(dataset(other).validation()).isEmpty();
    }

    @Test
    void nothingIsMeasuredOnValidationRowsWhereNothingIsChosen() throws IOException {
        assertThat(evaluationsOfAFurtherSeed("data.validation.fraction = 0.3\n"))
                .isEqualTo(evaluationsOfAFurtherSeed(""))
                .isPositive();
    }

    private static int evaluationsOfAFurtherSeed(String data) throws IOException {
        Path own = root.resolve("measured" + data.length());
        execute(taught("measured", "[1]") + data, own);
        int before = evaluations(own);
        execute(taught("measured", "[2]") + data, own);
        return evaluations(own) - before;
    }

    private static int evaluations(Path store) throws IOException {
        try (Stream<Path> files = Files.list(store.resolve("store/evaluations"))) {
            return (int) files.filter(file -> file.toString().endsWith(".json")).count();
        }
    }

    @Test
    void validationRowsMayHaveASourceOfTheirOwn() {
        String source = small.data().substring(small.data().indexOf("test {") + "test".length());
        String own = "data.validation.source "
                + source.substring(0, source.indexOf('}') + 1).replace("512", "300") + "\n";
        Report report = execute(taught("own", "[1]") + own).report();
        Report.ValidationSection validation = report.dataset().validation().orElseThrow();
        assertThat(validation.samples()).isEqualTo(300);
        assertThat(validation.fraction()).isZero();
        assertThat(report.dataset().trainSamples()).isEqualTo(2048);
    }

    private static int shards() {
        return new ShardStore(
                        Storage.of(new Configuration()),
                        new org.apache.hadoop.fs.Path(root.resolve("store").toString()))
                .keys()
                .size();
    }

    @Test
    void withoutAnyTrainingLabelThereIsNoBaseline() {
        Report report = execute(taught("soft", "[1, 2]") + UNLABELLED).report();
        StudentSection student = report.students().get(0);
        assertThat(student.baseline()).isEmpty();
        assertThat(student.gain()).isEmpty();
        assertThat(student.distilled().agreement())
                .as("of which guessing has 0.1")
                .isGreaterThan(0.2);
        SummarySection summary = report.summary().get(0);
        assertThat(summary.comparison()).isEmpty();
        assertThat(summary.verdict()).isEqualTo("no baseline");
        assertThat(report.dataset().trainLabelled()).isZero();
        assertThat(SummaryTable.of(report)).contains("no baseline", "0 of 2,048 training images have a label");
        assertThat(HtmlReport.of(report)).contains("no baseline");
    }

    @Test
    void whereNoRowAtAllHasALabelTheScoreIsAgreement() {
        Report report = execute(taught("none", "[1]") + UNLABELLED + "data.test.labels = []\n")
                .report();
        Figures student = report.students().get(0).distilled();
        assertThat(report.dataset().score()).isEqualTo("agreement");
        assertThat(student.accuracy()).isEqualTo(student.agreement()).isGreaterThan(0.2);
        assertThat(student.metrics()).containsOnlyKeys("agreement", "teacher-divergence");
        assertThat(student.confusion()).isEmpty();
        assertThat(report.mostFrequentClass()).isEmpty();
        assertThat(report.teacher().figures().metrics()).containsEntry("teacher-divergence", 0.0);
        assertThat(SummaryTable.of(report)).contains("agreement").doesNotContain("recall");
        assertThat(HtmlReport.of(report)).contains("agreement on the held-out");
    }

    @Test
    void whatNeedsLabelsIsRefusedBeforeAnythingRuns() {
        Recipe recipe = SmallRun.bound(small.recipe("needs", "[1]", CUT) + UNLABELLED);
        assertThat(Preview.of(recipe, Storage.of(new Configuration())).misfits())
                .extracting(RecipeMismatchException.Misfit::path)
                .containsExactly("teacher", "students[0].losses[0]", "students[0].compress[0].scope");
    }

    @Test
    void heldOutRowsNeedLabels() {
        String recipe = small.recipe("held out", "[1]", SmallRun.DENSE).replace("held out", "held-out")
                + "data.test.labels = []\n";
        assertThatThrownBy(() -> execute(recipe))
                .isInstanceOf(RunFailedException.class)
                .hasMessageContaining("data.test: 512 of 512 rows have no label");
    }
}
