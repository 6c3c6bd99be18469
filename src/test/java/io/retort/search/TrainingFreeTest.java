package io.retort.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class TrainingFreeTest {
    @Test
    void matchesTheValueWorkedOutByHand() {
        // Codes 1100, 1000, 0011: distances 1, 4, 3; K = (4 3 0, 3 4 1, 0 1 4), det = 4 (16 - 1) - 3 (12) = 24.
        float[] values = {2, 1, 0, 0, 3, 0, 0, 0, 0, 0, 0.5f, 4};
        assertThat(TrainingFree.score(values, 3)).isEqualTo(Math.log(24), within(1e-12));
    }

    @Test
    void rowsThatNoReluTellsApartAreTheWorst() {
        assertThat(TrainingFree.score(new float[] {1, 0, 2, 0}, 2)).isEqualTo(-Double.MAX_VALUE);
    }
}
