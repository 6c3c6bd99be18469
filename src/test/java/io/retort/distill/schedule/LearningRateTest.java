package io.retort.distill.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.retort.config.ReferenceContract;
import io.retort.distill.schedule.LearningRate.Decay;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.schedule.ISchedule;

class LearningRateTest {
    private static final double EXACT = 1e-12;

    @Test
    void defaultsAreExplained() {
        ReferenceContract.verifyKinds(Decay.CATALOGUE);
    }

    @Test
    void constantStays() {
        ISchedule schedule = new LearningRate(0.3, 0, new Decay.Constant()).over(100);
        assertThat(schedule.valueAt(0, 0)).isEqualTo(0.3);
        assertThat(schedule.valueAt(99, 0)).isEqualTo(0.3);
    }

    @Test
    void cosineGoesFromTheRateToItsFinalFractionAndStaysThere() {
        ISchedule schedule = new LearningRate(2, 0, new Decay.Cosine(0.1)).over(100);
        assertThat(schedule.valueAt(0, 0)).isCloseTo(2, within(EXACT));
        assertThat(schedule.valueAt(50, 0)).isCloseTo(1.1, within(EXACT)); // 2 · (0.1 + 0.9 / 2)
        assertThat(schedule.valueAt(100, 0)).isCloseTo(0.2, within(EXACT));
        assertThat(schedule.valueAt(150, 0)).isCloseTo(0.2, within(EXACT));
    }

    @Test
    void cosineOfNoFractionEndsAtNothing() {
        ISchedule schedule = new LearningRate(1, 0, new Decay.Cosine(0)).over(3);
        assertThat(schedule.valueAt(1, 0)).isCloseTo(0.75, within(EXACT)); // (1 + cos 60°) / 2
        assertThat(schedule.valueAt(3, 0)).isCloseTo(0, within(EXACT));
    }

    @Test
    void stepsAreEquallyLong() {
        ISchedule schedule = new LearningRate(1, 0, new Decay.Step(0.1, 3)).over(90);
        assertThat(schedule.valueAt(29, 0)).isCloseTo(1, within(EXACT));
        assertThat(schedule.valueAt(30, 0)).isCloseTo(0.1, within(EXACT));
        assertThat(schedule.valueAt(59, 0)).isCloseTo(0.1, within(EXACT));
        assertThat(schedule.valueAt(60, 0)).isCloseTo(0.01, within(EXACT));
        assertThat(schedule.valueAt(89, 0)).isCloseTo(0.01, within(EXACT));
    }

    @Test
    void stepsThatDoNotDivideTheTrainingFollowTheFormula() {
        ISchedule schedule = new LearningRate(1, 0, new Decay.Step(0.5, 3)).over(10);
        assertThat(schedule.valueAt(3, 0)).isCloseTo(1, within(EXACT)); // ⌊0.3 · 3⌋ = 0
        assertThat(schedule.valueAt(7, 0)).isCloseTo(0.25, within(EXACT)); // ⌊0.7 · 3⌋ = 2
    }

    @Test
    void aStepBeginsOnTheIterationThatTheFormulaSays() {
        ISchedule schedule = new LearningRate(1, 0, new Decay.Step(0.5, 14)).over(18);
        assertThat(schedule.valueAt(8, 0)).isEqualTo(Math.pow(0.5, 6)); // ⌊8 · 14 / 18⌋
        assertThat(schedule.valueAt(9, 0)).isEqualTo(Math.pow(0.5, 7)); // 9 / (18 / 14) is less than 7 in doubles
    }

    @Test
    void warmUpIsRoundedInDecimals() {
        // 0.145 of 100 is 14.5, and so 15 iterations; in doubles it is less
        ISchedule schedule = new LearningRate(1, 0.145, new Decay.Constant()).over(100);
        assertThat(schedule.valueAt(13, 0)).isLessThan(1);
        assertThat(schedule.valueAt(14, 0)).isCloseTo(1, within(EXACT));
    }

    @Test
    void warmUpRisesLinearlyToTheSchedule() {
        ISchedule schedule = new LearningRate(1, 0.1, new Decay.Constant()).over(100);
        assertThat(schedule.valueAt(0, 0)).isCloseTo(0.1, within(EXACT));
        assertThat(schedule.valueAt(4, 0)).isCloseTo(0.5, within(EXACT));
        assertThat(schedule.valueAt(9, 0)).isCloseTo(1, within(EXACT));
        assertThat(schedule.valueAt(10, 0)).isCloseTo(1, within(EXACT));
    }

    @Test
    void aTrainingWithoutStepsHasARate() {
        assertThat(new LearningRate(1, 0.5, new Decay.Cosine(0)).over(0).valueAt(0, 0))
                .isEqualTo(1);
    }

    @Test
    void refusesWhatIsNoRate() {
        Decay constant = new Decay.Constant();
        assertThatThrownBy(() -> new LearningRate(0, 0, constant)).hasMessage("rate must be finite and > 0, was 0.0");
        assertThatThrownBy(() -> new LearningRate(Double.NaN, 0, constant))
                .hasMessage("rate must be finite and > 0, was NaN");
        assertThatThrownBy(() -> new LearningRate(1, 1, constant)).hasMessage("warm-up must be in [0, 1), was 1.0");
        assertThatThrownBy(() -> new Decay.Cosine(1.5)).hasMessage("final-fraction must be in [0, 1], was 1.5");
        assertThatThrownBy(() -> new Decay.Step(0, 3)).hasMessage("factor must be in (0, 1], was 0.0");
        assertThatThrownBy(() -> new Decay.Step(0.1, 0)).hasMessage("steps must be at least 1, was 0");
    }

    /** Rates of trainings made before schedules were one family: the same recipe must train the same bits. */
    @Test
    void ratesKeepTheirBits() {
        assertThat(rates(new LearningRate(0.3, 0.07, new Decay.Constant()), 97, 0, 3, 5, 6, 96, 120))
                .containsExactly(0.04285714285714285, 0.1714285714285714, 0.2571428571428571, 0.3, 0.3, 0.3);
        assertThat(rates(new LearningRate(0.3, 0, new Decay.Cosine(0.03)), 97, 0, 1, 13, 50, 96, 97, 120))
                .containsExactly(
                        0.3,
                        0.29992369529612245,
                        0.2872927742618241,
                        0.1474341966823478,
                        0.009076304703877576,
                        0.009,
                        0.009);
        assertThat(rates(new LearningRate(2e-3, 0.05, new Decay.Cosine(0.1)), 97, 0, 1, 3, 4, 5, 50, 96))
                .containsExactly(
                        4.0E-4,
                        7.998112048563854E-4,
                        0.001596604063239962,
                        0.0019924580911037824,
                        0.0019882250378605018,
                        0.001056294000096997,
                        2.004719878590366E-4);
        assertThat(rates(new LearningRate(0.7, 0.1, new Decay.Step(0.3, 3)), 100, 0, 1, 9, 33, 34, 66, 67, 99))
                .containsExactly(0.06999999999999999, 0.13999999999999999, 0.7, 0.7, 0.21, 0.21, 0.063, 0.063);
        assertThat(bitsOfManyRates()).isEqualTo(3633349931020368754L);
    }

    private static double[] rates(LearningRate rate, int iterations, int... at) {
        return Arrays.stream(at)
                .mapToDouble(iteration -> rate.over(iterations).valueAt(iteration, 0))
                .toArray();
    }

    private static long bitsOfManyRates() {
        List<Decay> decays = List.of(
                new Decay.Constant(),
                new Decay.Cosine(0),
                new Decay.Cosine(0.03),
                new Decay.Step(0.1, 3),
                new Decay.Step(0.5, 49));
        long bits = 0;
        for (int iterations : new int[] {1, 2, 7, 49, 100, 997, 5003}) {
            for (double warmUp : new double[] {0, 0.05, 0.145, 0.9}) {
                for (Decay decay : decays) {
                    ISchedule schedule = new LearningRate(2e-3, warmUp, decay).over(iterations);
                    for (int i = 0; i < iterations + 3; i++) {
                        bits = 31 * bits + Double.doubleToLongBits(schedule.valueAt(i, 0));
                    }
                }
            }
        }
        return bits;
    }
}
