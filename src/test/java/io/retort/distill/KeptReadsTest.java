package io.retort.distill;

import static org.assertj.core.api.Assertions.assertThat;

import io.retort.data.shard.KeptReads;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class KeptReadsTest {
    private static final int EACH = 100;

    private final AtomicInteger reads = new AtomicInteger();

    private void read(KeptReads<byte[]> kept, int key) {
        assertThat(kept.of("file " + key, () -> {
                    reads.incrementAndGet();
                    return new byte[] {(byte) key};
                }))
                .containsExactly(key);
    }

    private int readsOfAnEpoch(KeptReads<byte[]> kept, int files) {
        reads.set(0);
        IntStream.range(0, files).forEach(file -> read(kept, file));
        return reads.get();
    }

    @Test
    void readsOnceWhatFits() {
        KeptReads<byte[]> kept = new KeptReads<>(5 * EACH, value -> EACH);
        assertThat(readsOfAnEpoch(kept, 5)).isEqualTo(5);
        assertThat(readsOfAnEpoch(kept, 5)).isZero();
    }

    @Test
    void ofWhatDoesNotFitSomeIsThereInTheNextEpoch() {
        KeptReads<byte[]> kept = new KeptReads<>(50 * EACH, value -> EACH);
        readsOfAnEpoch(kept, 100);
        for (int epoch = 0; epoch < 5; epoch++) { // of a queue there would be nothing, each time
            assertThat(readsOfAnEpoch(kept, 100)).isBetween(50, 90);
        }
    }

    @Test
    void keepsNothingThatIsLargerThanAll() {
        KeptReads<byte[]> kept = new KeptReads<>(EACH - 1, value -> EACH);
        assertThat(readsOfAnEpoch(kept, 2)).isEqualTo(2);
        assertThat(readsOfAnEpoch(kept, 2)).isEqualTo(2);
    }
}
