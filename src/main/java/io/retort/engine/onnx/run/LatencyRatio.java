package io.retort.engine.onnx.run;

import java.time.Duration;
import java.util.Arrays;

/**
 * How fast a model is in ONNX Runtime beside another, on one thread of this machine, measured.
 *
 * <p>Both are asked in turn, {@value #TURNS} times a few hundredths of a second each, and the median of the turns'
 * ratios is taken: other work on the machine slows both of a turn. Figures of two measurements, each by itself, do not
 * have that.
 *
 * @param p50 the median time of one sample, by the other's: less than 1 is faster
 * @param throughput samples per second in batches of {@link Latency#LARGE_BATCH}, by the other's: more than 1 is faster
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
