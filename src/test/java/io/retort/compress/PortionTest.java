package io.retort.compress;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class PortionTest {
    /** A file that is sorted by class has its last class at its end. */
    @Test
    void comeFromAllOverTheData() {
        assertThat(Portion.of(Collections.nCopies(64, 2048), 1024))
                .hasSize(16)
                .allSatisfy(portion -> assertThat(portion.count()).isEqualTo(64))
                .extracting(Portion::shard)
                .startsWith(0, 4, 8)
                .endsWith(56, 60);
    }

    @Test
    void areAsManySamplesAsAreAskedFor() {
        assertThat(Portion.of(List.of(60, 60), 101)).containsExactly(new Portion(0, 51), new Portion(1, 50));
        // what the last lacks, the others have
        assertThat(Portion.of(List.of(60, 60, 10), 90))
                .containsExactly(new Portion(0, 40), new Portion(1, 40), new Portion(2, 10));
        assertThat(Portion.of(List.of(70, 33, 5), 108))
                .containsExactly(new Portion(0, 70), new Portion(1, 33), new Portion(2, 5));
        // more shards than the least, where those are small
        assertThat(Portion.of(Collections.nCopies(100, 10), 400))
                .hasSize(40)
                .allSatisfy(portion -> assertThat(portion.count()).isEqualTo(10));
    }

    @Test
    void areAllOfTheDataWhereMoreIsAskedFor() {
        assertThat(Portion.of(List.of(3, 5), 1000)).containsExactly(new Portion(0, 3), new Portion(1, 5));
        assertThat(Portion.of(List.of(5, 5), 1)).containsExactly(new Portion(0, 1));
    }
}
