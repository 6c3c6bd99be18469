package io.retort.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.retort.config.ConfigException;
import io.retort.report.Figures;
import io.retort.report.HtmlReport;
import io.retort.report.Report;
import io.retort.report.StudentSection;
import io.retort.report.StudentSection.CalibrationSection;
import io.retort.report.StudentSection.StageSection;
import io.retort.report.SummaryTable;
import io.retort.spark.LocalSpark;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/** Students whose logits are calibrated, one of them in int8. */
@TestInstance(Lifecycle.PER_CLASS) // the run is made once, for all tests
class CalibrationRunTest {
    private static final String SPLIT = "data.validation.fraction = 0.2\n";
    private static final String STUDENT = """
            { name = %s, architecture { kind = conv-net, chain = [cbr6, max, dws8, max] }
              training { epochs = 3, batch-size = 64, learning-rate { rate = 1e-2 } }
              losses = [{ kind = soft-target, temperature = 3 }], %s }
            """;
    private static final String COOLED = STUDENT.formatted("cooled", "calibration = temperature");
    private static final String BIASED =
            STUDENT.formatted("biased", "calibration = temperature-and-bias, compress = [quantize]");

    @TempDir
    private static Path directory;

    private SmallRun small;
    private RecipeRun.Result result;
    private Report report;

    @BeforeAll
    void execute() throws IOException {
        small = SmallRun.in(directory);
        result = execute("root", small.recipe("calibrated", "[1]", COOLED, BIASED) + SPLIT);
        report = result.report();
    }

    private RecipeRun.Result execute(String root, String recipe) {
        return new RecipeRun(
                        LocalSpark.context(),
                        SmallRun.context(directory.resolve(root), line -> {}),
                        SmallRun.bound(recipe))
                .execute();
    }

    private static StageSection last(Report of, int student) {
        List<StageSection> stages = of.students().get(student).stages();
        return stages.get(stages.size() - 1);
    }

    private static Path file(RecipeRun.Result of, String name) {
        return Path.of(of.directory().toUri().getPath()).resolve(name);
    }

    @Test
    void temperatureLeavesPredictionsAndMendsProbabilities() {
        StudentSection cooled = report.students().get(0);
        StageSection stage = last(report, 0);
        CalibrationSection calibration = stage.calibration().get(0);
        assertThat(stage.kind()).isEqualTo("calibrate");
        assertThat(calibration.kind()).isEqualTo("temperature");
        assertThat(calibration.biases()).isEmpty();
        assertThat(calibration.temperature()).isNotEqualTo(1).isBetween(0.1, 10.0);
        assertThat(calibration.fittedOn())
                .isEqualTo(report.dataset().validation().orElseThrow().labelled());
        assertThat(calibration.measuredOn()).isEqualTo(SmallRun.TEST_SAMPLES);
        assertThat(stage.figures().confusion())
                .isEqualTo(cooled.afterDistillation().confusion());
        assertThat(calibration.reliability().get(0).after().negativeLogLikelihood())
                .isLessThan(calibration.reliability().get(0).before().negativeLogLikelihood());
    }

    /** Evaluation asks the file that is shipped, on executors. */
    @Test
    void reliabilityIsThatOfTheFileThatIsShipped() {
        for (int student = 0; student < 2; student++) {
            Figures figures = last(report, student).figures();
            StudentSection.BeforeAndAfter both =
                    last(report, student).calibration().get(0).reliability().get(0);
            assertThat(both.after().error())
                    .isCloseTo(figures.calibrationError().orElseThrow(), within(1e-9));
            assertThat(both.after().negativeLogLikelihood())
                    .isCloseTo(figures.metrics().get("negative-log-likelihood"), within(1e-9));
            List<StageSection> stages = report.students().get(student).stages();
            assertThat(both.before().error())
                    .isCloseTo(
                            stages.get(stages.size() - 2)
                                    .figures()
                                    .calibrationError()
                                    .orElseThrow(),
                            within(1e-9));
            assertThat(both.after().low()).isLessThan(both.after().high());
        }
    }

    /** The gain is that of the network that is shipped. */
    @Test
    void int8HasACalibrationOfItsOwn() {
        StudentSection biased = report.students().get(1);
        assertThat(biased.stages().stream().map(StageSection::kind))
                .containsExactly("distill", "quantize", "calibrate");
        CalibrationSection calibration = last(report, 1).calibration().get(0);
        assertThat(calibration.biases()).hasSize(report.dataset().classes().size());
        assertThat(biased.distilled()).isEqualTo(last(report, 1).figures());
        assertThat(biased.gain())
                .hasValue(biased.distilled().accuracy()
                        - biased.baseline().orElseThrow().accuracy());
        assertThat(biased.export().parity().labelAgreement()).isGreaterThan(0.99);
        assertThat(file(result, "student-biased-seed1/calibration.json"))
                .content()
                .contains("\"temperature\"");
        assertThat(biased.export().notes())
                .anyMatch(note -> note.startsWith("calibrated is student-biased-seed1.onnx"));
    }

    @Test
    void tablesAndPageShowIt() {
        assertThat(SummaryTable.of(report)).contains("calibrated: cooled, temperature ");
        assertThat(HtmlReport.of(report)).contains("calibrate", "expected calibration error");
    }

    /** From the store, and anew. */
    @Test
    void sameSeedGivesTheSameBytes() throws IOException {
        RecipeRun.Result fromStore = execute("root", small.recipe("again", "[1]", COOLED, BIASED) + SPLIT);
        RecipeRun.Result anew = execute("other", small.recipe("calibrated", "[1]", COOLED, BIASED) + SPLIT);
        for (int student = 0; student < 2; student++) {
            assertThat(last(fromStore.report(), student).calibration())
                    .isEqualTo(last(report, student).calibration());
            assertThat(last(anew.report(), student).calibration())
                    .isEqualTo(last(report, student).calibration());
        }
        for (String name : List.of("student-cooled-seed1.onnx", "student-biased-seed1.onnx")) {
            assertThat(Files.readAllBytes(file(anew, name))).isEqualTo(Files.readAllBytes(file(result, name)));
        }
    }

    @Test
    void labelsThatAreNotThereAreMissed() {
        assertThatThrownBy(() -> SmallRun.bound(small.recipe("none", "[1]", COOLED)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("data.validation missing; the calibration of student 'cooled' is fitted to its"
                        + " rows, so set apart a fraction of data.train, such as 0.1, or name rows of their own in"
                        + " source");
    }
}
