package io.retort.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import io.retort.data.Labels;
import org.junit.jupiter.api.Test;

class ContingencyTableTest {
    @Test
    void countsSamplesByWhoIsRight() {
        float[] first = {2, 1, /**/ 1, 2, /**/ 2, 1, /**/ 1, 2, /**/ 3, 3};
        float[] second = {5, 1, /**/ 2, 1, /**/ 1, 2, /**/ 1, 2, /**/ 0, 1};
        int[] labels = {0, 1, 1, 0, 0};
        ContingencyTable counted = ContingencyTable.of(first, second, Labels.ofClasses(labels));
        assertThat(counted).isEqualTo(new ContingencyTable(1, 2, 1, 1));
        assertThat(counted.samples()).isEqualTo(5);
        assertThat(counted.plus(counted)).isEqualTo(new ContingencyTable(2, 4, 2, 2));
    }
}
