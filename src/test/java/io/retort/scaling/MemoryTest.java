package io.retort.scaling;

import static org.assertj.core.api.Assertions.assertThat;

import io.retort.distill.AveragingTrainer;
import io.retort.distill.TrainerSettings;
import io.retort.scaling.Workload.Part;
import io.retort.scaling.Workload.TapPass;
import io.retort.scaling.Workload.Training;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class MemoryTest {
    private static final int TAP_BYTES = 8 << 20;

    private static Workload workload(List<TapPass> taps, long tapBytes) {
        Workload small = SmallWorkload.synchronous();
        Training student = new Training(
                "s seed 1", "student s", Optional.empty(), 800, 1, 50, 1, 200, true, tapBytes, Optional.empty());
        return new Workload(
                small.train(),
                small.test(),
                small.passes(),
                taps,
                small.labels(),
                small.networks(),
                List.of(SmallWorkload.TEACHER, student),
                SmallWorkload.SYNCHRONOUS);
    }

    private static long heap(List<TapPass> taps, long tapBytes, int slots) {
        return Memory.ofExecutor(workload(taps, tapBytes), slots, slots).heap();
    }

    @Test
    void aShardOfTapsIsHeldAsFloatsAndAsHalvesWhileItIsLabelled() {
        List<TapPass> taps = List.of(new TapPass(List.of("s"), "a node", TAP_BYTES, 1));
        // 100 samples of 8 MiB, three times, beside Spark's own 384, are 0.6 of the heap, in steps of 256
        assertThat(heap(taps, 0, 1)).isEqualTo(19 * 256);
        assertThat(heap(taps, 0, 2)).isEqualTo(34 * 256);
        assertThat(heap(List.of(), 0, 1)).isEqualTo(1024);
    }

    @Test
    void tapsAreHeldAsFloatsWhileAStudentLearnsFromThem() {
        // two shards of 100 samples, and 6 batches of 50, of 16 MiB each
        assertThat(heap(List.of(), TAP_BYTES, 1)).isEqualTo(55 * 256);
    }

    /** One training of 4 micro-batches, on shards of 100 MiB. */
    private static Workload large(TrainerSettings trainer) {
        Workload small = SmallWorkload.synchronous();
        Training training = new Training(
                "s seed 1", "student s", Optional.empty(), 800, 1, 8, 4, 2 << 20, false, 0, Optional.empty());
        return new Workload(
                new Part(800, 8, 1 << 20, 1),
                small.test(),
                small.passes(),
                List.of(),
                small.labels(),
                small.networks(),
                List.of(training),
                trainer);
    }

    @Test
    void aSlotHoldsAShardForEachOfItsLanesAndOneMore() {
        Workload large = large(SmallWorkload.SYNCHRONOUS);
        // 4 + 1 shards and 4 states of 8 MiB beside Spark's own 384 are 0.6 of the heap
        assertThat(Memory.ofExecutor(large, 1, 1).heap()).isEqualTo(6 * 256);
        // a lane each; but one of them may have to go on with all four
        assertThat(Memory.ofExecutor(large, 1, 4).heap()).isEqualTo(6 * 256);
        // 4 · 2 shards, 3 more, and 4 · 4 states
        assertThat(Memory.ofExecutor(large, 4, 4).heap()).isEqualTo(11 * 256);
    }

    @Test
    void theDriverHoldsAStateOfEachTrainingUnderWayHoweverManyExecutorsThereAre() {
        Workload large = large(SmallWorkload.SYNCHRONOUS);
        assertThat(Memory.ofDriver(large, 1024)).isEqualTo(Memory.ofDriver(large, 1));
        assertThat(Memory.resultMib(large, 1024)).isEqualTo(9); // 8 of the optimiser, and the parameters
        Workload averaged = large(new AveragingTrainer.Settings(Optional.empty(), 16, 16));
        assertThat(Memory.resultMib(averaged, 1024)).isEqualTo(257);
        assertThat(Memory.ofDriver(averaged, 1024).heap())
                .isGreaterThan(Memory.ofDriver(averaged, 1).heap());
    }
}
