package io.retort.bench;

import io.retort.bench.Measurement.Better;
import io.retort.distill.Engine;
import io.retort.engine.Batch;
import io.retort.engine.TrainableNetwork;
import io.retort.network.Shape;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A training step by oneDNN against one by DL4J, on one thread; the two take turns. What counts is the thread's CPU
 * time, so that other programs on the machine matter less.
 */
final class EnginesPiece {
    static final String NAME = "engines";
    /** As a micro-batch has. */
    private static final int BATCH = 64;

    private static final Duration TURN = Duration.ofMillis(500);

    private EnginesPiece() {}

    static Measurement measure(Workload.Assignment assignment, double target, Duration time) {
        OtherLoad load = OtherLoad.from();
        Batch batch = RandomBatch.of(Shape.image(1, 28, 28), 10, BATCH, assignment.taught());
        try (TrainableNetwork oneDnn = assignment.begin(Engine.ONEDNN);
                TrainableNetwork dl4j = assignment.begin(Engine.DL4J)) {
            double[] rates = new double[2];
            List<Double> pairs = new ArrayList<>();
            for (long end = System.nanoTime() + time.toNanos(); System.nanoTime() < end || pairs.size() < 4; ) {
                rates[0] = rate(oneDnn, batch);
                rates[1] = rate(dl4j, batch);
                pairs.add(rates[0] / rates[1]);
            }
            Map<String, Double> sides = new LinkedHashMap<>();
            sides.put("oneDNN", rates[0]);
            sides.put("DL4J", rates[1]);
            List<Double> warm = pairs.subList(pairs.size() / 3, pairs.size());
            return new Measurement(
                            NAME,
                            "step by oneDNN / by DL4J, " + assignment.name(),
                            Measurement.median(warm),
                            target,
                            Better.HIGHER,
                            sides,
                            "images/CPU-s",
                            load.cores())
                    .withPairs(warm);
        }
    }

    private static double rate(TrainableNetwork network, Batch batch) {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long end = System.nanoTime() + TURN.toNanos();
        long start = threads.getCurrentThreadCpuTime();
        int steps = 0;
        do {
            network.step(batch);
            steps++;
        } while (System.nanoTime() < end);
        return steps * BATCH / ((threads.getCurrentThreadCpuTime() - start) / 1e9);
    }
}
