package io.retort.scaling;

import static org.assertj.core.api.Assertions.assertThat;

import io.retort.scaling.LabellingTrial.LabellingMemory;
import io.retort.scaling.LabellingTrial.Peak;
import io.retort.spark.Doctor.Finding;
import io.retort.spark.PeakMemory;
import io.retort.storage.Json;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

class LabellingTrialTest {
    private static final Memory PLANNED = new Memory(1024, 256, 768);

    @Test
    void whatIsWithinTheOverheadFits() {
        assertThat(new LabellingMemory(List.of("teacher"), 1, 1024).against(1024))
                .isEqualTo(Finding.ok(
                        "labelling",
                        "1 task of teacher takes 1,024 MiB beside the heap; an executor has 1,024 MiB there"));
    }

    @Test
    void whatIsBeyondItNeedsTheNextQuarterOfAGibibyte() {
        assertThat(new LabellingMemory(List.of("a", "b"), 4, 1025).against(1024))
                .isEqualTo(Finding.slow(
                        "labelling",
                        "4 tasks of a and b take 1,025 MiB beside the heap; an executor has 1,024 MiB there",
                        "a container would be killed: set spark.executor.memoryOverhead=1280m, or label fewer rows at once"
                                + " by labels.batch-size or spark.executor.cores"));
    }

    @Test
    void aTeacherThatIsNoModelOfExecutorsTakesNothing() {
        assertThat(new LabellingMemory(List.of(), 1, 900).against(256))
                .isEqualTo(Finding.ok("labelling", "executors open no model of this teacher"));
    }

    /** A program whose memory is known, beside a heap that is resident as a whole. */
    @Test
    void memoryBesideTheHeapIsCountedAndTheHeapIsNot() {
        Finding little = new LabellingTrial(1, 1, PLANNED).finding(400, List.of(Allocating.class.getName(), "0"));
        assertThat(little.level()).as(little.found()).isEqualTo(Finding.Level.OK);
        Finding much = new LabellingTrial(1, 1, PLANNED).finding(400, List.of(Allocating.class.getName(), "400"));
        assertThat(much.level()).as(much.found()).isEqualTo(Finding.Level.SLOW);
        assertThat(much.found()).startsWith("1 task of fake takes ");
    }

    @Test
    void aProcessThatFailsIsToldOf() {
        assertThat(new LabellingTrial(1, 1, PLANNED).finding(400, List.of("io.retort.NoSuchProgram")))
                .isEqualTo(Finding.slow(
                        "labelling",
                        "not measured: Caused by: java.lang.ClassNotFoundException: io.retort.NoSuchProgram",
                        "`retort probe` tells more of the teacher"));
    }

    /** Touches so many MiB beside the heap, and prints the most resident memory of its process. */
    static final class Allocating {
        private static final int PAGE = 4096;

        private Allocating() {}

        public static void main(String[] arguments) {
            ByteBuffer beside = ByteBuffer.allocateDirect(Integer.parseInt(arguments[0]) << 20);
            for (int i = 0; i < beside.capacity(); i += PAGE) {
                beside.put(i, (byte) 1);
            }
            System.out.println(Json.compact(new Peak(List.of("fake"), PeakMemory.here())));
        }
    }
}
