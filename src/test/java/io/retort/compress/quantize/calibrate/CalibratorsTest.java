package io.retort.compress.quantize.calibrate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.retort.config.Catalogue.Kind;
import io.retort.network.int8.AffineCode.Symmetry;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CalibratorsTest {
    private static final int COUNT = 100_000;

    static Stream<Calibrator> all() {
        return Stream.of(
                new EntropyCalibrator(),
                new MeanSquaredErrorCalibrator(),
                new Calibrator.MinMax(),
                new Calibrator.Percentile(99.99));
    }

    static Stream<Calibrator> clipping() {
        return all().filter(settings -> !(settings instanceof Calibrator.MinMax));
    }

    @Test
    void everyKindIsTestedHere() {
        assertThat(Calibrator.CATALOGUE.kinds().stream().map(Kind::settings))
                .hasSizeGreaterThanOrEqualTo(4)
                .isEqualTo(all().map(Object::getClass).toList());
    }

    @ParameterizedTest
    @MethodSource("all")
    void takesAllOfAnEvenDistribution(Calibrator settings) {
        float[] values = new float[COUNT];
        for (int i = 0; i < COUNT; i++) {
            values[i] = -1 + 4f * i / (COUNT - 1);
        }
        Histogram histogram = Histogram.of(values);
        for (Symmetry symmetry : Symmetry.values()) {
            Calibrator.Range range = settings.range(histogram, symmetry, 8);
            boolean exact = settings instanceof Calibrator.MinMax;
            assertThat(range.min()).isCloseTo(-1, within(exact ? 0 : 0.03));
            assertThat(range.max()).isCloseTo(3, within(exact ? 0 : 0.06));
        }
    }

    @ParameterizedTest
    @MethodSource("clipping")
    void clampsOneOutlierOfAGaussian(Calibrator settings) {
        // In 8 bits the step from −4.4 to 100 is 0.41, its mean squared error 0.41² / 12 = 0.014; to clamp the
        // outlier
        // at 5 would cost 95² / 100,000 =
        // 0.09. In 4 bits it is the other way round: 7² / 12 = 4.
        int bits = settings instanceof MeanSquaredErrorCalibrator ? 4 : 8;
        Histogram histogram = gaussian(1, 100);
        Calibrator.Range range = settings.range(histogram, Symmetry.ASYMMETRIC, bits);
        assertThat(range.max()).isBetween(2.5, 12.0);
        assertThat(range.min()).isBetween(-6.0, -2.0);
        assertThat(new Calibrator.MinMax()
                        .range(histogram, Symmetry.ASYMMETRIC, 8)
                        .max())
                .isEqualTo(100);
    }

    @ParameterizedTest
    @MethodSource("clipping")
    void growsAlongWithTheValues(Calibrator settings) {
        // By a power of two, so that bins and rounding are the same.
        Calibrator.Range one = settings.range(gaussian(1, 100), Symmetry.ASYMMETRIC, 8);
        Calibrator.Range eight = settings.range(gaussian(8, 100), Symmetry.ASYMMETRIC, 8);
        assertThat(eight.min()).isCloseTo(8 * one.min(), within(1e-9));
        assertThat(eight.max()).isCloseTo(8 * one.max(), within(1e-9));
    }

    @ParameterizedTest
    @MethodSource("all")
    void takesNothingButZeros(Calibrator settings) {
        assertThat(settings.range(Histogram.of(0, 0), Symmetry.ASYMMETRIC, 8)).isEqualTo(new Calibrator.Range(0, 0));
        assertThat(settings.range(new Histogram(), Symmetry.SYMMETRIC, 8)).isEqualTo(new Calibrator.Range(0, 0));
    }

    @Test
    void percentileIsTheStatedOne() {
        float[] values = new float[1000];
        for (int i = 0; i < values.length; i++) {
            values[i] = i + 1;
        }
        // All are positive: at the lower end nothing is clamped. Of 1 to 1000, 990 do not exceed 990.
        Calibrator.Range range = new Calibrator.Percentile(99).range(Histogram.of(values), Symmetry.ASYMMETRIC, 8);
        assertThat(range.min()).isZero();
        assertThat(range.max()).isCloseTo(990, within(1.0));
    }

    /** At either end one of 1000 values is far out, and 99.9 leaves out one of 1000: the rank is on the edge. */
    @Test
    void percentilesClampTheirShareToTheLastValueAtBothEnds() {
        float[] values = new float[1000];
        Arrays.fill(values, 1);
        values[17] = 64;
        Calibrator.Range above = new Calibrator.Percentile(99.9).range(Histogram.of(values), Symmetry.ASYMMETRIC, 8);
        assertThat(above.max()).isCloseTo(1, within(0.1));
        for (int i = 0; i < values.length; i++) {
            values[i] = -values[i];
        }
        Calibrator.Range below = new Calibrator.Percentile(99.9).range(Histogram.of(values), Symmetry.ASYMMETRIC, 8);
        assertThat(below.min()).isCloseTo(-1, within(0.1));
        assertThat(new Calibrator.Percentile(99.91)
                        .range(Histogram.of(values), Symmetry.ASYMMETRIC, 8)
                        .min())
                .isLessThan(-60);
    }

    @Test
    void percentilesAreThoseOfWhatIsNotZero() {
        float[] values = new float[100_000];
        for (int i = 0; i < 1000; i++) {
            values[100 * i] = i + 1;
        }
        Calibrator.Range range = new Calibrator.Percentile(99).range(Histogram.of(values), Symmetry.ASYMMETRIC, 8);
        assertThat(range.min()).isZero();
        assertThat(range.max()).isCloseTo(990, within(1.0));
    }

    @Test
    void theBestGaussianRangeInFourBitsIsThatOfTheLiterature() {
        // The step of the best uniform quantizer of a unit Gaussian with 16 levels is 0.3352, its error 0.01154 (Max
        // 1960, table II). The code has
        // 15 levels, one of them at 0, and so a little more of both.
        Histogram histogram = gaussian(1, 4);
        Calibrator.Range range = new MeanSquaredErrorCalibrator().range(histogram, Symmetry.SYMMETRIC, 4);
        assertThat((double) range.code(Symmetry.SYMMETRIC, 4).scale()).isBetween(0.3352, 0.37);
        assertThat(MeanSquaredErrorCalibrator.error(histogram, range.code(Symmetry.SYMMETRIC, 4)))
                .isBetween(0.01154, 0.0135);
    }

    @Test
    void noRangeOfAFineScanIsATenthBetterThanTheOneFound() {
        Histogram histogram = gaussian(1, 100);
        Calibrator.Range best = new MeanSquaredErrorCalibrator().range(histogram, Symmetry.ASYMMETRIC, 8);
        double least = MeanSquaredErrorCalibrator.error(histogram, best.code(Symmetry.ASYMMETRIC, 8));
        for (double upper = 0.01; upper <= 1; upper += 0.003) {
            Calibrator.Range other = new Calibrator.Range(best.min(), upper * histogram.max());
            assertThat(MeanSquaredErrorCalibrator.error(histogram, other.code(Symmetry.ASYMMETRIC, 8)))
                    .isGreaterThan(0.9 * least);
        }
    }

    @Test
    void divergenceMatchesTheValueWorkedOutByHand() {
        // Of (3, 1, 2, 2, 1), the first 4 bins in 2 levels: P = (3, 1, 2, 2 + 1) / 9. Each level has 4, over 2 bins 2
        // each: Q = 1/4 each.
        double byHand = 3 / 9.0 * Math.log(3 / 9.0 / 0.25)
                + 1 / 9.0 * Math.log(1 / 9.0 / 0.25)
                + 2 / 9.0 * Math.log(2 / 9.0 / 0.25)
                + 3 / 9.0 * Math.log(3 / 9.0 / 0.25);
        assertThat(EntropyCalibrator.divergence(new long[] {3, 1, 2, 2, 1}, 4, 2))
                .isCloseTo(byHand, within(1e-12));
        assertThat(EntropyCalibrator.divergence(new long[] {3, 3, 2, 2}, 4, 2)).isZero();
        // The outlier falls into a level that has nothing else.
        assertThat(EntropyCalibrator.divergence(new long[] {3, 3, 0, 0, 1}, 4, 2))
                .isInfinite();
        // An empty bin gets no part of its level.
        assertThat(EntropyCalibrator.divergence(new long[] {4, 0, 1, 1}, 4, 2)).isCloseTo(0, within(1e-12));
    }

    @Test
    void refusesAPercentileThatWouldClampHalf() {
        assertThatThrownBy(() -> new Calibrator.Percentile(50)).hasMessage("percentile must be in (50, 100], was 50.0");
        assertThatThrownBy(() -> new Calibrator.Range(1, 2))
                .hasMessage("a range must be finite and include 0, was 1.0 to 2.0");
    }

    private static Histogram gaussian(float deviation, float outlier) {
        Random random = new Random(5);
        float[] values = new float[COUNT];
        for (int i = 0; i < COUNT; i++) {
            values[i] = deviation * (float) random.nextGaussian();
        }
        values[COUNT / 2] = deviation * outlier;
        return Histogram.of(values);
    }
}
