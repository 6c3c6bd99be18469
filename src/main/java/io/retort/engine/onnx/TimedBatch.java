package io.retort.engine.onnx;

import java.time.Duration;
import java.util.Arrays;
import java.util.SplittableRandom;

/** A batch of made-up samples that a session is asked over and over. */
final class TimedBatch {
    private static final int MOST_RUNS = 5_000;

    private final OnnxSession session;
    private final int batch;
    private final float[] features;
    private final float[] logits;

    TimedBatch(OnnxSession session, int batch) {
        this.session = session;
        this.batch = batch;
        this.features = new float[batch * session.input().elements()];
        this.logits = new float[batch * session.classes()];
        SplittableRandom random = new SplittableRandom(0);
        int values = session.trialValues();
        for (int i = 0; i < features.length; i++) {
            features[i] = random.nextInt(values);
        }
    }

    /** The sorted times of as many runs as fit, in milliseconds, and of at least {@code leastRuns}. */
    double[] run(Duration time, int leastRuns) {
        double[] millis = new double[MOST_RUNS];
        int runs = 0;
        long begin = System.nanoTime();
        while (runs < MOST_RUNS && (runs < leastRuns || System.nanoTime() - begin < time.toNanos())) {
            long start = System.nanoTime();
            session.logits(features, batch, logits);
            millis[runs++] = (System.nanoTime() - start) / 1e6;
        }
        double[] sorted = Arrays.copyOf(millis, runs);
        Arrays.sort(sorted);
        return sorted;
    }
}
