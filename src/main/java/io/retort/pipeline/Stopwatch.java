package io.retort.pipeline;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/** How long stages took, and how many samples they worked on. */
final class Stopwatch {
    private final Clock clock;
    private final Map<String, Duration> durations = new LinkedHashMap<>();
    private final Map<String, Long> samples = new LinkedHashMap<>();

    Stopwatch(Clock clock) {
        this.clock = clock;
    }

    <T> T time(String stage, Supplier<T> work) {
        Instant start = clock.instant();
        try {
            return work.get();
        } finally {
            Duration took = Duration.between(start, clock.instant());
            durations.merge(stage, took.isNegative() ? Duration.ZERO : took, Duration::plus); // a clock may be set back
        }
    }

    /** Counts samples that a stage really computed something for. */
    void count(String stage, long worked) {
        samples.merge(stage, worked, Long::sum);
    }

    /** Seconds by stage. */
    Map<String, Double> timings() {
        Map<String, Double> seconds = new LinkedHashMap<>();
        durations.forEach((stage, duration) -> seconds.put(stage, duration.toMillis() / 1000.0));
        return seconds;
    }

    /** Samples per second by stage, for those that computed something. */
    Map<String, Double> throughput() {
        Map<String, Double> rates = new LinkedHashMap<>();
        samples.forEach((stage, worked) -> {
            double seconds = durations.getOrDefault(stage, Duration.ZERO).toMillis() / 1000.0;
            if (worked > 0 && seconds > 0) {
                rates.put(stage, Math.round(10 * worked / seconds) / 10.0);
            }
        });
        return rates;
    }
}
