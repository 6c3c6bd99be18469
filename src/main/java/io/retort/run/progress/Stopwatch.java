package io.retort.run.progress;

import io.retort.distill.Trainer.StepTimes;
import io.retort.report.Report;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;

/**
 * Times of stages, their numbers of samples, and what computed them. Stages may overlap; several threads at one stage
 * count once.
 */
public final class Stopwatch {
    private final Clock clock;
    private final Map<String, Duration> durations = new LinkedHashMap<>();
    private final Map<String, Long> samples = new LinkedHashMap<>();
    private final Map<String, Report.SlotsSection> slots = new LinkedHashMap<>();
    private final Map<String, StepTimes> times = new LinkedHashMap<>();
    private final Set<String> engines = new TreeSet<>();
    private final Map<String, UnderWay> underWay = new HashMap<>();

    public Stopwatch(Clock clock) {
        this.clock = clock;
    }

    /** A stage that so many threads are at. */
    private record UnderWay(Instant since, int threads) {}

    public <T> T time(String stage, Supplier<T> work) {
        begin(stage);
        try {
            return work.get();
        } finally {
            end(stage);
        }
    }

    private synchronized void begin(String stage) {
        UnderWay before = underWay.get(stage);
        underWay.put(
                stage,
                before == null ? new UnderWay(clock.instant(), 1) : new UnderWay(before.since(), before.threads() + 1));
    }

    private synchronized void end(String stage) {
        UnderWay before = underWay.remove(stage);
        if (before.threads() > 1) {
            underWay.put(stage, new UnderWay(before.since(), before.threads() - 1));
            return;
        }
        Duration took = Duration.between(before.since(), clock.instant());
        durations.merge(stage, took.isNegative() ? Duration.ZERO : took, Duration::plus); // a clock may be set back
    }

    /** Counts samples that a stage really computed something for. */
    public synchronized void count(String stage, long worked) {
        samples.merge(stage, worked, Long::sum);
    }

    /** Notes the slots that a training had in one of its jobs, as {@link Report.SlotsSection} has them, and their time. */
    public synchronized void spread(String stage, int used, int usable, int available, StepTimes spent) {
        Report.SlotsSection before = slots.get(stage);
        StepTimes all = times.merge(stage, spent, StepTimes::plus);
        Optional<Report.WaitingSection> waiting =
                Optional.of(new Report.WaitingSection(rounded(all.waitingForRows()), rounded(all.waitingForOthers())));
        slots.put(
                stage,
                before != null && before.used() >= used
                        ? new Report.SlotsSection(before.used(), before.usable(), before.available(), waiting)
                        : new Report.SlotsSection(used, usable, available, waiting));
    }

    private static double rounded(double part) {
        return Math.round(1000 * part) / 1000.0;
    }

    /** The most that each training had, and the waiting in all its jobs. */
    public synchronized Map<String, Report.SlotsSection> slots() {
        return new LinkedHashMap<>(slots);
    }

    /** Notes what computes the steps of a training. */
    public synchronized void computedBy(String engine) {
        engines.add(engine);
    }

    /** What has computed steps, in words for people; empty where nothing has. */
    public synchronized String engines() {
        return String.join("; ", engines);
    }

    /** Seconds by stage. */
    public synchronized Map<String, Double> timings() {
        Map<String, Double> seconds = new LinkedHashMap<>();
        durations.forEach((stage, duration) -> seconds.put(stage, duration.toMillis() / 1000.0));
        return seconds;
    }

    /** Samples per second by stage, for those that computed something. */
    public synchronized Map<String, Double> throughput() {
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
