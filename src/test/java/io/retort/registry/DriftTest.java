package io.retort.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.retort.registry.Drift.FeatureShift;
import java.util.List;
import org.junit.jupiter.api.Test;

class DriftTest {
    @Test
    void matchesTheValuesWorkedOutByHand() {
        // shares (1/2, 1/2) and (3/4, 1/4)
        assertThat(Drift.totalVariationBetween(List.of(50L, 50L), List.of(75L, 25L)))
                .isCloseTo(0.25, within(1e-12));
        double p = 50.5 / 101;
        double byHand = (75.5 / 101 - p) * Math.log(75.5 / 101 / p) + (25.5 / 101 - p) * Math.log(25.5 / 101 / p);
        assertThat(Drift.stabilityIndexBetween(List.of(50L, 50L), List.of(75L, 25L)))
                .isCloseTo(byHand, within(1e-12));
    }

    @Test
    void measuresAShiftInDeviationsWhateverTheUnit() {
        // deviations 3 and 4 pool to √(25 / 2); means 10 apart
        double byHand = 10 / Math.sqrt(12.5);
        for (double unit : new double[] {1, 1e-7, 1e9}) {
            assertThat(FeatureShift.between(20 * unit, 3 * unit, 30 * unit, 4 * unit))
                    .isCloseTo(byHand, within(1e-9));
        }
        assertThat(FeatureShift.between(7, 0, 7, 0)).isZero();
        assertThat(FeatureShift.between(7, 0, 8, 0)).isEqualTo(1e6);
    }

    @Test
    void isNothingForTheSameSharesAndFiniteForAnEmptyClass() {
        assertThat(Drift.totalVariationBetween(List.of(10L, 30L), List.of(20L, 60L)))
                .isZero();
        assertThat(Drift.totalVariationBetween(List.of(10L, 0L), List.of(0L, 10L)))
                .isEqualTo(1);
        // shares (10.5, 0.5)/11 and the other way round: 2 · (10/11) · ln 21
        assertThat(Drift.stabilityIndexBetween(List.of(10L, 0L), List.of(0L, 10L)))
                .isCloseTo(20.0 / 11 * Math.log(21), within(1e-12));
    }
}
