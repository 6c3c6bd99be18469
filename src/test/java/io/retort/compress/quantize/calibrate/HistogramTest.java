package io.retort.compress.quantize.calibrate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class HistogramTest {
    @Test
    void countsAsWorkedOutByHand() {
        // From −1 to 3 with 4096 bins at most: of width 2⁻¹⁰ they would be 1024 and 3073, one too many; of
        // 2⁻⁹, 512 and
        // 1537.
        Histogram histogram = Histogram.of(-1, 0, 0, 3, 2.999f);
        assertThat(histogram.width()).isEqualTo(1.0 / 512);
        assertThat(histogram.count()).isEqualTo(5);
        assertThat(histogram.zeros()).isEqualTo(2);
        assertThat(histogram.min()).isEqualTo(-1);
        assertThat(histogram.max()).isEqualTo(3);
        long[] magnitudes = histogram.magnitudes();
        assertThat(magnitudes).hasSize(1537);
        assertThat(magnitudes[511]).isEqualTo(1); // [−1, −1 + 1/512) is the bin −512, of magnitudes up to 1
        assertThat(magnitudes[1535]).isEqualTo(1);
        assertThat(magnitudes[1536]).isEqualTo(1);
        List<Double> centres = new ArrayList<>();
        histogram.forEach((centre, count) -> centres.add(centre));
        assertThat(centres)
                .containsExactly(
                        -1 + 0.5 / 512, 3 - 0.5 / 512, 3.0); // the last bin's centre is beyond the greatest value
    }

    @Test
    void mergedPartsAreTheWholeInWhateverOrder() {
        SplittableRandom random = new SplittableRandom(3);
        for (int round = 0; round < 50; round++) {
            float[] values = new float[400];
            for (int i = 0; i < values.length; i++) {
                double magnitude = Math.pow(10, random.nextInt(-8, 1 + round % 9));
                values[i] = random.nextInt(5) == 0 ? 0 : (float) (random.nextGaussian() * magnitude);
                values[i] = round % 3 == 0 ? Math.abs(values[i]) : values[i];
            }
            Histogram whole = Histogram.of(values);
            List<Histogram> parts = new ArrayList<>();
            for (int from = 0; from < values.length; ) {
                int to = Math.min(values.length, from + 1 + random.nextInt(90));
                Histogram part = new Histogram();
                for (int i = from; i < to; i++) {
                    part.add(values, i, i + 1); // one by one
                }
                parts.add(random.nextInt(parts.size() + 1), part);
                from = to;
            }
            Histogram merged = new Histogram();
            parts.forEach(merged::add);
            assertThat(merged).isEqualTo(whole);
            long binned = 0;
            for (long count : merged.magnitudes()) {
                binned += count;
            }
            assertThat(binned + merged.zeros()).isEqualTo(values.length);
            assertThat(merged.magnitudes().length).isLessThanOrEqualTo(Histogram.BINS);
        }
    }

    @Test
    void knowsThatOrderMattersNotButValuesDo() {
        assertThat(Histogram.of(1, 2, 3)).isEqualTo(Histogram.of(3, 1, 2)).isNotEqualTo(Histogram.of(3, 1, 1));
        assertThat(Histogram.of()).isEqualTo(new Histogram());
    }

    @Test
    void tellsQuantilesOfKnownDistributions() {
        float[] uniform = new float[10_000];
        for (int i = 0; i < uniform.length; i++) {
            uniform[i] = -1 + 4 * (i + 0.5f) / uniform.length;
        }
        Histogram histogram = Histogram.of(uniform);
        for (double share : new double[] {0, 0.001, 0.1, 0.25, 0.5, 0.9, 0.999, 1}) {
            assertThat(histogram.quantile(share)).isCloseTo(-1 + 4 * share, within(0.002));
        }
        Histogram mostlyZero = Histogram.of(0, 0, 0, 0, 0, 0, 0, -2, 1, 4);
        assertThat(mostlyZero.quantile(0.5)).isZero();
        assertThat(mostlyZero.quantile(0.1)).isCloseTo(-2, within(0.01));
        assertThat(mostlyZero.quantile(0.9)).isCloseTo(1, within(0.01));
        assertThat(mostlyZero.quantile(1)).isEqualTo(4);
    }

    @Test
    void holdsTheSmallestAndTheGreatestFloats() {
        Histogram histogram = Histogram.of(Float.MIN_VALUE, -Float.MIN_VALUE);
        histogram.add(Histogram.of(Float.MAX_VALUE));
        assertThat(histogram).isEqualTo(Histogram.of(Float.MAX_VALUE, Float.MIN_VALUE, -Float.MIN_VALUE));
        assertThat(histogram.max()).isEqualTo(Float.MAX_VALUE);
    }

    @Test
    void refusesWhatIsNoNumber() {
        assertThatThrownBy(() -> Histogram.of(1, Float.NaN))
                .hasMessage("a histogram is of finite numbers, was given NaN; the network has diverged");
    }
}
