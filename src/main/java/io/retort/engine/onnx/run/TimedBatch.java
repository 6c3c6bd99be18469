package io.retort.engine.onnx.run;

import java.time.Duration;
import java.util.Arrays;
import java.util.SplittableRandom;

/** A batch that a model is asked over and over. */
final class TimedBatch {
    private static final int MOST_RUNS = 5_000;

    private final Runnable call;

    TimedBatch(Runnable call) {
        this.call = call;
    }

    /** Of made-up samples. */
    TimedBatch(OnnxSession session, int batch) {
        float[] features = new float[batch * session.input().elements()];
        float[] logits = new float[batch * session.classes()];
        SplittableRandom random = new SplittableRandom(0);
        int values = session.trialValues();
        for (int i = 0; i < features.length; i++) {
            features[i] = random.nextInt(values);
        }
        this.call = () -> session.logits(features, batch, logits);
    }

    /** The sorted times of as many runs as fit, in milliseconds, and of at least {@code leastRuns}. */
    double[] run(Duration time, int leastRuns) {
        double[] millis = new double[MOST_RUNS];
        int runs = 0;
        long begin = System.nanoTime();
        while (runs < MOST_RUNS && (runs < leastRuns || System.nanoTime() - begin < time.toNanos())) {
            long start = System.nanoTime();
            call.run();
            millis[runs++] = (System.nanoTime() - start) / 1e6;
        }
        double[] sorted = Arrays.copyOf(millis, runs);
        Arrays.sort(sorted);
        return sorted;
    }
}
