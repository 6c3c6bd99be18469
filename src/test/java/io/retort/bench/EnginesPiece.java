package io.retort.bench;

import io.retort.bench.Measurement.Better;
import io.retort.distill.Compute;
import io.retort.distill.Engine;
import io.retort.engine.Batch;
import io.retort.engine.TrainableNetwork;
import io.retort.engine.TrainableNetwork.Precision;
import io.retort.engine.onednn.OneDnnNetwork;
import io.retort.network.Shape;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A training step by oneDNN against one by DL4J, and one in bfloat16 against one in float32, on one thread; the two
 * take turns. What counts is the thread's CPU time, so that other programs on the machine matter less.
 */
final class EnginesPiece {
    static final String NAME = "engines";
    /** As a micro-batch has. */
    private static final int BATCH = 64;

    private static final Duration TURN = Duration.ofMillis(500);

    private EnginesPiece() {}

    /** A way to compute, as the table names it. */
    private record Way(String name, Compute compute) {}

    private static final Way ONEDNN = new Way("oneDNN", new Compute(Engine.ONEDNN, Precision.FLOAT32));
    private static final Way DL4J = new Way("DL4J", new Compute(Engine.DL4J, Precision.FLOAT32));
    private static final Way BFLOAT16 = new Way("oneDNN in bfloat16", new Compute(Engine.ONEDNN, Precision.BFLOAT16));

    /** oneDNN's step, and where the processor has the instructions the one in bfloat16. */
    static List<Measurement> measure(Workload.Assignment assignment, double target, double inBfloat16, Duration time) {
        List<Measurement> measured = new ArrayList<>(List.of(measure(assignment, ONEDNN, DL4J, target, time)));
        if (OneDnnNetwork.obstacle(Precision.BFLOAT16).isEmpty()) {
            measured.add(measure(assignment, BFLOAT16, ONEDNN, inBfloat16, time));
        }
        return measured;
    }

    private static Measurement measure(
            Workload.Assignment assignment, Way first, Way second, double target, Duration time) {
        OtherLoad load = OtherLoad.from();
        Batch batch = RandomBatch.of(Shape.image(1, 28, 28), 10, BATCH, assignment.taught());
        try (TrainableNetwork one = assignment.begin(first.compute());
                TrainableNetwork other = assignment.begin(second.compute())) {
            double[] rates = new double[2];
            List<Double> pairs = new ArrayList<>();
            for (long end = System.nanoTime() + time.toNanos(); System.nanoTime() < end || pairs.size() < 4; ) {
                rates[0] = rate(one, batch);
                rates[1] = rate(other, batch);
                pairs.add(rates[0] / rates[1]);
            }
            Map<String, Double> sides = new LinkedHashMap<>();
            sides.put(first.name(), rates[0]);
            sides.put(second.name(), rates[1]);
            List<Double> warm = pairs.subList(pairs.size() / 3, pairs.size());
            return new Measurement(
                            NAME,
                            "step by " + first.name() + " / by " + second.name() + ", " + assignment.name(),
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
