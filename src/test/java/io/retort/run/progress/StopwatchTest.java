package io.retort.run.progress;

import static org.assertj.core.api.Assertions.assertThat;

import io.retort.distill.Trainer.StepTimes;
import io.retort.report.Report.SlotsSection;
import io.retort.report.Report.WaitingSection;
import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class StopwatchTest {
    private Instant now = Instant.EPOCH;
    private final Clock clock = ((InstantSource) () -> now).withZone(ZoneOffset.UTC);
    private final Stopwatch stopwatch = new Stopwatch(clock);

    @Test
    void whatOverlapsInOneStageCountsOnce() {
        // From 0 to 3 and from 1 to 2 is 3 seconds of evaluation; from 5 to 6 is one more. Label is from 1 to 2.
        stopwatch.time("evaluate", () -> {
            passes(1);
            stopwatch.time("evaluate", () -> stopwatch.time("label", () -> passes(1)));
            return passes(1);
        });
        passes(2);
        stopwatch.time("evaluate", () -> passes(1));
        stopwatch.count("evaluate", 100);
        stopwatch.count("evaluate", 60);
        assertThat(stopwatch.timings()).isEqualTo(Map.of("evaluate", 4.0, "label", 1.0));
        assertThat(stopwatch.throughput()).isEqualTo(Map.of("evaluate", 40.0));
    }

    @Test
    void theJobWithTheMostSlotsIsKeptAndTheWaitingOfAll() {
        stopwatch.spread("train s", 1, 4, 1, new StepTimes(50, 10, 0));
        stopwatch.spread("train s", 4, 4, 6, new StepTimes(70, 0, 30));
        stopwatch.spread("train s", 2, 4, 2, new StepTimes(30, 6, 4));
        assertThat(stopwatch.slots())
                .isEqualTo(Map.of("train s", new SlotsSection(4, 4, 6, Optional.of(new WaitingSection(0.08, 0.17)))));
    }

    private Instant passes(int seconds) {
        now = now.plusSeconds(seconds);
        return now;
    }
}
