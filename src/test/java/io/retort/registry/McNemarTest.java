package io.retort.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.retort.evaluate.ContingencyTable;
import io.retort.evaluate.ContingencyTable.McNemar;
import org.junit.jupiter.api.Test;

class McNemarTest {
    private static McNemar test(long onlyFirst, long onlySecond) {
        return McNemar.of(new ContingencyTable(1000, onlyFirst, onlySecond, 100));
    }

    @Test
    void matchesTheValueWorkedOutByHand() {
        // 12 discordant samples, 10 to 2: C(12, 10) + C(12, 11) + C(12, 12) = 66 + 12 + 1 = 79 of 2^12 = 4096 ways
        assertThat(test(10, 2).better()).isCloseTo(79.0 / 4096, within(1e-12));
        // 2 or more of 12: all but C(12, 0) + C(12, 1) = 13
        assertThat(test(10, 2).worse()).isCloseTo(4083.0 / 4096, within(1e-12));
        assertThat(test(2, 10).worse()).isCloseTo(79.0 / 4096, within(1e-12));
    }

    @Test
    void findsNothingWhereThereIsNothing() {
        assertThat(test(0, 0)).isEqualTo(new McNemar(1, 1));
        assertThat(test(1, 1).better()).isCloseTo(0.75, within(1e-12));
    }

    @Test
    void ofManySamplesIsThatOfTheNormalDistribution() {
        // (2 · 100,500 − 200,000 − 1) / √200,000 = 2.2338; 1 − Φ(2.2338) = 0.01275
        assertThat(test(100_500, 99_500).better()).isCloseTo(0.01275, within(1e-5));
        // the exact value just below the limit and the approximation just above it
        assertThat(test(50_300, 49_700).better()).isCloseTo(test(50_301, 49_701).better(), within(1e-4));
    }
}
