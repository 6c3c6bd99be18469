package io.retort.run.progress;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.Map;
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

    private Instant passes(int seconds) {
        now = now.plusSeconds(seconds);
        return now;
    }
}
