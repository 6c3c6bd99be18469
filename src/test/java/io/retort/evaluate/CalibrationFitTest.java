package io.retort.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.retort.data.Labels;
import io.retort.data.Target;
import io.retort.evaluate.CalibrationSettings.MeanProbability;
import io.retort.evaluate.CalibrationSettings.MeanProbability.Rows;
import io.retort.evaluate.CalibrationSettings.Temperature;
import io.retort.evaluate.CalibrationSettings.TemperatureAndBias;
import io.retort.network.LogitCalibration;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The expected values are of {@code make_calibrations.py}, which minimises by scipy. */
class CalibrationFitTest {
    private static final int ROWS = 60;
    private static final int CLASSES = 4;
    private static final Target TARGET = new Target.ClassTarget(List.of("a", "b", "c", "d"));

    private static AnsweredRows rows() {
        float[] logits = new float[ROWS * CLASSES];
        float[] teacher = new float[ROWS * CLASSES];
        int[] labels = new int[ROWS];
        for (int i = 0; i < ROWS; i++) {
            for (int j = 0; j < CLASSES; j++) {
                logits[i * CLASSES + j] = (float) (3 * Math.sin(1.7 * i + 2.3 * j) + 0.5 * j);
                teacher[i * CLASSES + j] = (float) (2 * Math.cos(0.9 * i * (j + 1)));
                labels[i] = logits[i * CLASSES + j] > logits[i * CLASSES + labels[i]] ? j : labels[i];
            }
            labels[i] = i % 3 == 0 ? i % CLASSES : labels[i];
        }
        return new AnsweredRows(CLASSES, logits, teacher, Labels.ofClasses(labels));
    }

    private static double likelihood(AnsweredRows rows, LogitCalibration calibration) {
        return Reliability.of(rows.with(calibration.of(rows.outputs())), 15, 1).negativeLogLikelihood();
    }

    @Test
    void temperatureIsThatOfScipy() {
        LogitCalibration fitted = CalibrationFit.of(new Temperature(), TARGET, rows());
        assertThat(fitted.temperature()).isCloseTo(2.066179983276741, within(1e-5));
        assertThat(fitted.biases()).isEmpty();
        assertThat(likelihood(rows(), fitted)).isCloseTo(0.999305680057862, within(1e-6));
    }

    @Test
    void temperatureAndBiasesAreThoseOfScipy() {
        LogitCalibration fitted = CalibrationFit.of(new TemperatureAndBias(), TARGET, rows());
        assertThat(fitted.temperature()).isCloseTo(2.265821818554853, within(1e-5));
        double[] expected = {-0.55884369, 0.21185044, 0.16556383, 0.18142942};
        for (int c = 0; c < CLASSES; c++) {
            assertThat(fitted.biases().get(c)).isCloseTo(expected[c], within(1e-5));
        }
        assertThat(likelihood(rows(), fitted)).isCloseTo(0.9775395859133679, within(1e-6));
    }

    /** Central differences of the likelihood, which no fit has a part in. */
    @Test
    void likelihoodHasNoSlopeAtTheFit() {
        AnsweredRows rows = rows();
        LogitCalibration fitted = CalibrationFit.of(new TemperatureAndBias(), TARGET, rows);
        double step = 1e-2;
        for (int c = -1; c < CLASSES; c++) {
            double slope =
                    (likelihood(rows, moved(fitted, c, step)) - likelihood(rows, moved(fitted, c, -step))) / (2 * step);
            assertThat(slope).as("parameter %d", c).isCloseTo(0, within(2e-5));
        }
    }

    private static LogitCalibration moved(LogitCalibration from, int parameter, double by) {
        return new LogitCalibration(
                from.temperature() + (parameter < 0 ? by : 0),
                IntStream.range(0, CLASSES)
                        .mapToObj(c -> from.biases().get(c) + (c == parameter ? by : 0))
                        .toList());
    }

    @Test
    void biasesOfSomeClassesGiveThemTheTeachersMeanProbability() {
        LogitCalibration fitted =
                CalibrationFit.of(new MeanProbability(List.of("d", "b"), Rows.TRAINING), TARGET, rows());
        assertThat(fitted.temperature()).isEqualTo(1);
        assertThat(fitted.biases().get(0)).isZero();
        assertThat(fitted.biases().get(1)).isCloseTo(-0.42935548, within(1e-7));
        assertThat(fitted.biases().get(2)).isZero();
        assertThat(fitted.biases().get(3)).isCloseTo(-1.19139568, within(1e-7));
        AnsweredRows after = rows().with(fitted.of(rows().outputs()));
        double mean = IntStream.range(0, ROWS)
                .mapToDouble(row -> after.probabilities(row)[1])
                .average()
                .orElseThrow();
        assertThat(mean).isCloseTo(0.27645798, within(1e-7));
    }

    /** A class that the network all but rules out, as one does that it never saw. */
    @Test
    void aClassThatIsRuledOutComesBack() {
        AnsweredRows seen = rows();
        float[] without = seen.outputs().clone();
        for (int row = 0; row < ROWS; row++) {
            without[row * CLASSES + 2] -= 40;
        }
        LogitCalibration before = CalibrationFit.of(new MeanProbability(List.of("c"), Rows.TRAINING), TARGET, seen);
        LogitCalibration after =
                CalibrationFit.of(new MeanProbability(List.of("c"), Rows.TRAINING), TARGET, seen.with(without));
        assertThat(after.biases().get(2)).isCloseTo(before.biases().get(2) + 40, within(1e-4));
    }

    /** Labels that are drawn from the network's own probabilities. */
    @Test
    void aNetworkThatIsRightAsOftenAsItSaysHasTemperatureOne() {
        int count = 20_000;
        SplittableRandom random = new SplittableRandom(7);
        float[] logits = new float[count * CLASSES];
        for (int i = 0; i < logits.length; i++) {
            logits[i] = (float) (2 * random.nextGaussian());
        }
        AnsweredRows unlabelled = new AnsweredRows(CLASSES, logits, logits, Labels.ofClasses(new int[count]));
        int[] labels = new int[count];
        for (int row = 0; row < count; row++) {
            double left = random.nextDouble();
            double[] p = unlabelled.probabilities(row);
            while (labels[row] < CLASSES - 1 && left >= p[labels[row]]) {
                left -= p[labels[row]++];
            }
        }
        AnsweredRows rows = new AnsweredRows(CLASSES, logits, logits, Labels.ofClasses(labels));
        assertThat(CalibrationFit.of(new Temperature(), TARGET, rows).temperature())
                .isCloseTo(1, within(0.03));
        LogitCalibration both = CalibrationFit.of(new TemperatureAndBias(), TARGET, rows);
        assertThat(both.temperature()).isCloseTo(1, within(0.03));
        assertThat(both.biases()).allSatisfy(bias -> assertThat(bias).isCloseTo(0, within(0.05)));
    }

    @Test
    void rowsThatAreAllRightGiveTheLeastTemperatureThereIs() {
        AnsweredRows rows = rows();
        int[] labels = IntStream.range(0, ROWS)
                .map(row -> greatest(rows.probabilities(row)))
                .toArray();
        AnsweredRows right = new AnsweredRows(CLASSES, rows.outputs(), rows.outputs(), Labels.ofClasses(labels));
        assertThat(CalibrationFit.of(new Temperature(), TARGET, right).temperature())
                .isEqualTo(CalibrationFit.LEAST_TEMPERATURE);
    }

    private static int greatest(double[] values) {
        double greatest = Arrays.stream(values).max().orElseThrow();
        return IntStream.range(0, values.length)
                .filter(i -> values[i] == greatest)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void numbersAndSeveralClassesHaveNoCalibration() {
        assertThatThrownBy(() -> new Temperature().requireFits(new Target.NumberTarget(List.of("price"))))
                .hasMessage("calibration is for rows of one class each, whose probabilities are a softmax; leave it"
                        + " out for target = numbers");
        assertThatThrownBy(() -> new Temperature().requireFits(new Target.MultiLabelTarget(List.of("x", "y"))))
                .hasMessageContaining("leave it out for target = several-classes");
        assertThatThrownBy(() -> new Temperature().requireFits(new Target.NoTarget(List.of("x", "y"))))
                .hasMessage("calibration needs labels of validation rows, and no row has one; leave it out");
        assertThatThrownBy(() -> new MeanProbability(List.of("e"), Rows.TRAINING).requireFits(TARGET))
                .hasMessage(
                        "calibration.classes must be some of the data's classes [a, b, c, d], and not all, was [e]");
    }
}
