package io.retort.distill.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class GridTest {
    private final Grid fine = new Grid(4, 3);
    private final Grid coarse = new Grid(2, 3);

    @Test
    void averagesWindowsOfEachMap() {
        double[] maps = new double[24];
        for (int i = 0; i < maps.length; i++) {
            maps[i] = i; // rows of 3: 0 1 2 | 3 4 5 | 6 7 8 | 9 10 11, and the next map 12 more
        }
        // two rows each: (0 + 3)/2, (1 + 4)/2, (2 + 5)/2, then (6 + 9)/2 and so on
        assertThat(fine.averaged(maps, coarse))
                .containsExactly(1.5, 2.5, 3.5, 7.5, 8.5, 9.5, 13.5, 14.5, 15.5, 19.5, 20.5, 21.5);
    }

    @Test
    void spreadsTheGradientAsTheAverageWasTaken() {
        double[] byAverages = {1, 2, 3, 4, 5, 6};
        assertThat(fine.spread(byAverages, coarse))
                .containsExactly(new double[] {0.5, 1, 1.5, 0.5, 1, 1.5, 2, 2.5, 3, 2, 2.5, 3}, within(1e-15));
    }
}
