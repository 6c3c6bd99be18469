package io.retort.engine.onnx.run;

import io.retort.predict.Model;
import io.retort.predict.RowBatch;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.IntFunction;
import java.util.function.LongSupplier;

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

    /** A batch that a model predicts over and over. */
    static final class TimedBatch {
        private static final int MAX_RUNS = 5_000;

        private final Runnable call;
        private final LongSupplier nanoTime;

        TimedBatch(Runnable call) {
            this(call, System::nanoTime);
        }

        /** @param nanoTime the clock */
        TimedBatch(Runnable call, LongSupplier nanoTime) {
            this.call = call;
            this.nanoTime = nanoTime;
        }

        /** A batch of made-up samples. */
        static TimedBatch of(OnnxSession session, int batch) {
            float[] features = new float[batch * session.input().elements()];
            float[] logits = new float[batch * session.classes()];
            SplittableRandom random = new SplittableRandom(0);
            int values = session.trialValues();
            for (int i = 0; i < features.length; i++) {
                features[i] = random.nextInt(values);
            }
            return new TimedBatch(() -> session.logits(features, batch, logits));
        }

        /** The sorted times of as many runs as fit, in milliseconds, and of at least {@code minRuns}. */
        double[] run(Duration time, int minRuns) {
            double[] millis = new double[MAX_RUNS];
            int runs = 0;
            long begin = nanoTime.getAsLong();
            while (runs < MAX_RUNS && (runs < minRuns || nanoTime.getAsLong() - begin < time.toNanos())) {
                long start = nanoTime.getAsLong();
                call.run();
                millis[runs++] = (nanoTime.getAsLong() - start) / 1e6;
            }
            double[] sorted = Arrays.copyOf(millis, runs);
            Arrays.sort(sorted);
            return sorted;
        }
    }

    /**
     * How fast a model is in ONNX Runtime beside another, on one thread of this machine, measured.
     *
     * <p>Both are asked in turn, {@value #TURNS} times a few hundredths of a second each, and the median of the turns'
     * ratios is taken: other work on the machine slows both of a turn. Figures of two measurements, each by itself, do
     * not have that.
     *
     * @param p50 the median time of one sample, by the other's: less than 1 is faster
     * @param throughput samples per second in batches of {@link Latency#LARGE_BATCH}, by the other's: more than 1 is
     *     faster
     */
    public record LatencyRatio(double p50, double throughput) {
        private static final int TURNS = 11;

        /** It takes longer than its effort only where a large batch takes more than a turn. */
        public static LatencyRatio of(byte[] model, byte[] other, Latency.Effort effort) {
            try (OnnxSession session = OnnxSession.open(model, 1);
                    OnnxSession otherSession = OnnxSession.open(other, 1)) {
                return new LatencyRatio(
                        ratio(TimedBatch.of(session, 1), TimedBatch.of(otherSession, 1), effort.turn()),
                        1
                                / ratio(
                                        TimedBatch.of(session, Latency.LARGE_BATCH),
                                        TimedBatch.of(otherSession, Latency.LARGE_BATCH),
                                        effort.turn()));
            }
        }

        /** The first of both alone. */
        public static double p50(byte[] model, byte[] other) {
            try (OnnxSession session = OnnxSession.open(model, 1);
                    OnnxSession otherSession = OnnxSession.open(other, 1)) {
                return ratio(TimedBatch.of(session, 1), TimedBatch.of(otherSession, 1), Latency.Effort.FULL.turn());
            }
        }

        /** The median time of a batch, by the other's. */
        static double ratio(TimedBatch batch, TimedBatch other, Duration time) {
            double[] ratios = new double[TURNS];
            median(batch, time); // both warm up
            median(other, time);
            for (int turn = 0; turn < TURNS; turn++) {
                ratios[turn] = median(batch, time) / median(other, time);
            }
            Arrays.sort(ratios);
            return ratios[TURNS / 2];
        }

        private static double median(TimedBatch batch, Duration time) {
            return Latency.percentile(batch.run(time, 1), 50);
        }
    }
}
