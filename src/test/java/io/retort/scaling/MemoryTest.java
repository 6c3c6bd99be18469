package io.retort.scaling;

import static org.assertj.core.api.Assertions.assertThat;

import io.retort.scaling.Workload.TapPass;
import io.retort.scaling.Workload.Training;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class MemoryTest {
    private static final int TAP_BYTES = 8 << 20;

    private static Workload workload(List<TapPass> taps, long tapBytes) {
        Workload small = SmallWorkload.of(Optional.empty());
        Training student = new Training("s seed 1", "student s", 1, 50, 200, true, tapBytes);
        return new Workload(
                small.train(),
                small.test(),
                small.passes(),
                taps,
                small.labels(),
                small.networks(),
                List.of(SmallWorkload.TEACHER, student),
                1,
                Optional.empty());
    }

    private static long heap(List<TapPass> taps, long tapBytes, int slots) {
        return Memory.ofExecutor(workload(taps, tapBytes), slots, slots).heap();
    }

    @Test
    void aShardOfTapsIsHeldAsFloatsAndAsHalvesWhileItIsLabelled() {
        List<TapPass> taps = List.of(new TapPass(List.of("s"), "teacher", "a node", TAP_BYTES, 1));
        // 100 samples of 8 MiB, three times, beside Spark's own 384, are 0.6 of the heap, in steps of 256
        assertThat(heap(taps, 0, 1)).isEqualTo(19 * 256);
        assertThat(heap(taps, 0, 2)).isEqualTo(34 * 256);
        assertThat(heap(List.of(), 0, 1)).isEqualTo(1024);
    }

    @Test
    void aShardOfTapsIsHeldAsFloatsWhileAStudentLearnsFromIt() {
        assertThat(heap(List.of(), TAP_BYTES, 1)).isEqualTo(13 * 256);
    }
}
