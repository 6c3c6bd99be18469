package io.retort.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

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
