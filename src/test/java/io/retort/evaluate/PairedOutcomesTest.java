package io.retort.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PairedOutcomesTest {
    @Test
    void countsSamplesByWhoIsRight() {
        float[] first = {2, 1, /**/ 1, 2, /**/ 2, 1, /**/ 1, 2, /**/ 3, 3};
        float[] second = {5, 1, /**/ 2, 1, /**/ 1, 2, /**/ 1, 2, /**/ 0, 1};
        int[] labels = {0, 1, 1, 0, 0};
        PairedOutcomes counted = PairedOutcomes.of(first, second, labels);
        assertThat(counted).isEqualTo(new PairedOutcomes(1, 2, 1, 1));
        assertThat(counted.samples()).isEqualTo(5);
        assertThat(counted.plus(counted)).isEqualTo(new PairedOutcomes(2, 4, 2, 2));
    }
}
