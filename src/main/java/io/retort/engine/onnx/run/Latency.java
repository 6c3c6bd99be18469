package io.retort.engine.onnx.run;

import io.retort.predict.Model;
import io.retort.predict.RowBatch;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;

/**
 * How fast a model is in ONNX Runtime on one thread of this machine, measured.
 *
 * @param p50Millis median time of a batch of one sample
 * @param p99Millis 99th percentile of the same (nearest rank)
 * @param throughputPerSecond samples per second in batches of {@value #LARGE_BATCH}, from the median batch
 */
public record Latency(double p50Millis, double p99Millis, double throughputPerSecond) {
    /** The batch of the throughput. */
    public static final int LARGE_BATCH = 128;

    private static final Duration MAX_BATCH = Duration.ofSeconds(10);
    private static final int MIN_RUNS = 3;

    /** Of many models, each; other work on the machine slows some of them. */
    private static final int TURNS = 6;

    /**
     * How long models are measured. Every batch is run three times at least, however short that is.
     *
     * @param warmUp of each size of batch, before its times count
     * @param measured of each size of batch
     * @param turn of each of two models that are compared
     */
    public record Effort(Duration warmUp, Duration measured, Duration turn) {
        /** About a second and a half for a model, and likewise for a comparison of two. */
        public static final Effort FULL =
                new Effort(Duration.ofMillis(150), Duration.ofMillis(500), Duration.ofMillis(25));
    }

    /**
     * That of an ONNX file, with made-up samples. It takes longer than its effort only where three large batches do.
     */
    public static Latency of(byte[] model, Effort effort) {
        try (OnnxSession session = OnnxSession.open(model, 1)) {
            return of(batch -> TimedBatch.of(session, batch), effort);
        }
    }

    /**
     * The median time of one made-up sample of each of many ONNX files, in milliseconds: the least of six short turns,
     * each of all models. A turn that other work disturbs does not count then.
     */
    public static double[] p50Millis(List<byte[]> models, Effort effort) {
        double[] least = new double[models.size()];
        Arrays.fill(least, Double.POSITIVE_INFINITY);
        for (int turn = 0; turn < TURNS; turn++) {
            for (int i = 0; i < least.length; i++) {
                try (OnnxSession session = OnnxSession.open(models.get(i), 1)) {
                    TimedBatch one = TimedBatch.of(session, 1);
                    one.run(effort.turn().dividedBy(4), MIN_RUNS);
                    least[i] =
                            Math.min(least[i], percentile(one.run(effort.turn().dividedBy(2), MIN_RUNS), 50));
                }
            }
        }
        return least;
    }

    /**
     * That of any model, whatever it makes of its rows first. It takes as long, but for a model whose large batches
     * would take minutes: where one would take longer than ten seconds, the throughput is that of single rows, to which
     * a batch adds little on one thread.
     *
     * @param rows gives so many, at most {@value #LARGE_BATCH}
     */
    public static Latency of(Model model, IntFunction<RowBatch> rows, Effort effort) {
        return of(
                batch -> {
                    RowBatch some = rows.apply(batch);
                    return new TimedBatch(() -> model.predict(some));
                },
                effort);
    }

    /** @param batches by their number of samples */
    static Latency of(IntFunction<TimedBatch> batches, Effort effort) {
        double[] single = millis(batches.apply(1), effort);
        double p50 = percentile(single, 50);
        double perSecond = LARGE_BATCH * p50 > MAX_BATCH.toMillis()
                ? 1000 / p50
                : 1000 * LARGE_BATCH / percentile(millis(batches.apply(LARGE_BATCH), effort), 50);
        return new Latency(p50, percentile(single, 99), perSecond);
    }

    /**
     * Of models that are asked the same samples, one after the other: the sums of their times. The sum of their 99th
     * percentiles is not the percentile of the sum, which is usually less.
     */
    public static Latency inTurn(List<Latency> models) {
        return new Latency(
                models.stream().mapToDouble(Latency::p50Millis).sum(),
                models.stream().mapToDouble(Latency::p99Millis).sum(),
                1
                        / models.stream()
                                .mapToDouble(model -> 1 / model.throughputPerSecond())
                                .sum());
    }

    /** The sorted times of one batch. Other work on the machine is part of what is measured. */
    private static double[] millis(TimedBatch timed, Effort effort) {
        timed.run(effort.warmUp(), MIN_RUNS);
        return timed.run(effort.measured(), MIN_RUNS);
    }

    /** The nearest rank: the smallest value that {@code percent} of a hundred do not exceed. */
    static double percentile(double[] sorted, int percent) {
        return sorted[(int) Math.ceil(percent / 100.0 * sorted.length) - 1];
    }
}
