package io.retort.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.retort.evaluate.Confusion.ClassFigures;
import io.retort.report.HtmlReport;
import io.retort.report.Report;
import io.retort.report.StudentSection;
import io.retort.report.StudentSection.CalibrationSection;
import io.retort.report.SummarySection;
import io.retort.report.SummaryTable;
import io.retort.spark.LocalSpark;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/** A student that learns of a class from soft labels alone. */
@TestInstance(Lifecycle.PER_CLASS) // the run is made once, for all tests
class UnseenClassRunTest {
    private static final int CLASS = 1;
    private static final String STUDENT = """
            { name = dark, architecture { kind = conv-net, chain = [cbr6, max, dws8, max] }
              training { epochs = 2, batch-size = 64, learning-rate { rate = 1e-2 } }
              losses = [{ kind = soft-target, temperature = 8 }], control = hard-labels
              calibration { kind = mean-probability, classes = ["1"] } }
            """;

    @TempDir
    private static Path directory;

    private final List<String> said = new ArrayList<>();
    private SmallRun small;
    private Report report;

    @BeforeAll
    void execute() throws IOException {
        small = SmallRun.in(directory);
        report = execute(STUDENT, "data.unseen-classes = [\"1\"]\ndata.validation.fraction = 0.2\n");
    }

    private Report execute(String student, String more) {
        return new RecipeRun(
                        LocalSpark.context(),
                        SmallRun.context(directory.resolve("root"), said::add),
                        SmallRun.bound(small.recipe("unseen", "[1]", student) + more))
                .execute()
                .report();
    }

    @Test
    void studentAndBaselineSeeNoRowOfItAndTheTeacherDoes() {
        long validation = report.dataset().validation().orElseThrow().samples();
        long unseen = 2048 - validation - report.dataset().trainSamples();
        assertThat(unseen).as("a class of ten, or of three").isBetween(150L, 900L);
        assertThat(validation).as("a fifth, without the class").isLessThan(390);
        assertThat(report.dataset().unseenClasses()).containsExactly("1");
        assertThat(report.teacher().figures().classes().get(CLASS).recall().orElseThrow())
                .isGreaterThan(0.5);
        ClassFigures baseline =
                report.students().get(0).baseline().orElseThrow().classes().get(CLASS);
        assertThat(baseline.recall()).hasValue(0);
        assertThat(said).anyMatch(line -> line.endsWith("they see none of class 1"));
    }

    @Test
    void oneBiasIsFittedToTheTeacher() {
        StudentSection student = report.students().get(0);
        CalibrationSection calibration = student.stages().get(1).calibration().get(0);
        assertThat(calibration.temperature()).isEqualTo(1);
        assertThat(calibration.fittedOn()).isEqualTo(report.dataset().trainSamples());
        assertThat(calibration.biases().get(CLASS)).isNotZero();
        assertThat(calibration.biases().stream().filter(bias -> bias != 0)).hasSize(1);
        assertThat(SummaryTable.of(report))
                .contains("students and baselines saw no images of 1", "bias of 1 ", ", its recall ");
    }

    @Test
    void validationRowsOfTheClassTellMoreOfIt() {
        Report onValidation = execute(
                STUDENT.replace("classes = [\"1\"]", "classes = [\"1\"], rows = validation"),
                "data.unseen-classes = [\"1\"]\ndata.validation.fraction = 0.2\n");
        CalibrationSection calibration =
                onValidation.students().get(0).stages().get(1).calibration().get(0);
        assertThat(calibration.fittedOn())
                .as("with the rows of the class")
                .isGreaterThan(report.dataset().validation().orElseThrow().samples());
        assertThat(calibration.biases().get(CLASS))
                .isGreaterThan(report.students()
                        .get(0)
                        .stages()
                        .get(1)
                        .calibration()
                        .get(0)
                        .biases()
                        .get(CLASS));
    }

    @Test
    void controlLearnsFromTheTeachersHardLabels() {
        StudentSection student = report.students().get(0);
        assertThat(student.controlCurves().get(0).objective()).isEqualTo("hard-target");
        assertThat(student.controlCurves().get(0).epochs()).isEqualTo(2);
        SummarySection summary = report.summary().get(0);
        double control = student.control().orElseThrow().accuracy();
        assertThat(summary.control().orElseThrow().mean()).isEqualTo(control);
        assertThat(summary.overControl().orElseThrow().gain())
                .isEqualTo(student.distilled().accuracy() - control);
        assertThat(SummaryTable.of(report)).contains("with the teacher's hard labels, to which its distribution adds");
        assertThat(HtmlReport.of(report)).contains("dark, seed 1, hard labels of the teacher", "more than these");
    }

    @Test
    void onlyClassesThatThereAreCanBeLeftOut() {
        assertThatThrownBy(() -> execute(STUDENT, "data.unseen-classes = [shoe]\n"))
                .hasStackTraceContaining(
                        "data.unseen-classes must be some classes of rows that have one each, of [0, 1, 2")
                .hasStackTraceContaining("and not all, was [shoe]");
    }
}
