package io.retort.scaling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class LabelTimesTest {
    private static final Offset<Double> EXACT = within(1e-15);

    @Test
    void tellsWhatASampleTakesFromWhatItsBytesTake() {
        LabelTimes times = LabelTimes.of(5e-6 + 28 * 2e-9, 28, 5e-6 + 2056 * 2e-9, 2056);
        assertThat(times.each()).isEqualTo(5e-6, EXACT);
        assertThat(times.perByte()).isEqualTo(2e-9, EXACT);
    }

    @Test
    void noiseMakesNothingNegative() {
        LabelTimes slowAtFirst = LabelTimes.of(5e-6, 28, 4e-6, 2056);
        assertThat(slowAtFirst).isEqualTo(new LabelTimes(5e-6, 0));
        LabelTimes freeAtFirst = LabelTimes.of(1e-9, 28, 1e-3, 2056);
        assertThat(freeAtFirst.each()).isZero();
        assertThat(freeAtFirst.perByte()).isPositive();
    }
}
