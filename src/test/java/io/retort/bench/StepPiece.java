package io.retort.bench;

import io.retort.bench.Measurement.Better;
import io.retort.distill.Engine;
import io.retort.engine.Batch;
import io.retort.engine.TrainableNetwork;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A training step against the pass forward of inference, in oneDNN's engine, on one thread; the two take turns, and the thread's CPU time counts.
 */
final class StepPiece {
    static final String NAME = "step";
    /** As a micro-batch has. */
    private static final int BATCH = 64;

    private static final double TARGET = 3.2;
    /** Passes in a turn: each kind has a program of its own, with weights of its own. */
    private static final int TURN = 10;

    private StepPiece() {}

    static Measurement measure(Workload.Assignment assignment, Duration time) {
        OtherLoad load = OtherLoad.from();
        Batch batch = RandomBatch.of(assignment.structure().input(), 10, BATCH, assignment.taught());
        try (TrainableNetwork network = assignment.begin(Engine.ONEDNN)) {
            alternate(network, batch, time.dividedBy(2), new ArrayList<>(), new ArrayList<>());
            List<Double> forward = new ArrayList<>();
            List<Double> step = new ArrayList<>();
            alternate(network, batch, time, forward, step);
            double forwardSeconds = Measurement.median(forward);
            double stepSeconds = Measurement.median(step);
            Map<String, Double> sides = new LinkedHashMap<>();
            sides.put("training", BATCH / stepSeconds);
            sides.put("forward", BATCH / forwardSeconds);
            return new Measurement(
                    NAME,
                    "training step / forward pass, " + assignment.name(),
                    stepSeconds / forwardSeconds,
                    TARGET,
                    Better.LOWER,
                    sides,
                    "images/CPU-s",
                    load.cores());
        }
    }

    private static void alternate(
            TrainableNetwork network, Batch batch, Duration time, List<Double> forward, List<Double> step) {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long end = System.nanoTime() + time.toNanos();
        while (System.nanoTime() < end) {
            long start = threads.getCurrentThreadCpuTime();
            for (int i = 0; i < TURN; i++) {
                network.logits(batch.features(), BATCH);
            }
            long between = threads.getCurrentThreadCpuTime();
            for (int i = 0; i < TURN; i++) {
                network.step(batch);
            }
            forward.add((between - start) / 1e9 / TURN);
            step.add((threads.getCurrentThreadCpuTime() - between) / 1e9 / TURN);
        }
    }
}
