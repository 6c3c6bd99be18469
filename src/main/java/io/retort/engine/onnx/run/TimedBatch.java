package io.retort.engine.onnx.run;

import java.time.Duration;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.LongSupplier;

/** A batch that a model predicts over and over. */
final class TimedBatch {
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
