package io.retort.bench;

import io.retort.bench.Measurement.Better;
import io.retort.engine.dl4j.Dl4jNetwork;
import io.retort.network.Shape;
import io.retort.network.Structure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** A training step against its forward pass, in the same engine, on one thread; the two take turns. */
final class StepPiece {
    static final String NAME = "step";
    private static final int BATCH = 128;
    private static final double TARGET = 4;

    private StepPiece() {}

    static Measurement measure(Workload.Assignment assignment, Duration time) {
        OtherLoad load = OtherLoad.from();
        Dl4jNetwork network = assignment.trainable();
        INDArray features = features(assignment.structure());
        INDArray targets = targets(assignment);
        alternate(network, features, targets, time.dividedBy(2), new ArrayList<>(), new ArrayList<>());
        List<Double> forward = new ArrayList<>();
        List<Double> step = new ArrayList<>();
        alternate(network, features, targets, time, forward, step);
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
                "images/s",
                load.cores());
    }

    private static void alternate(
            Dl4jNetwork network,
            INDArray features,
            INDArray targets,
            Duration time,
            List<Double> forward,
            List<Double> step) {
        long end = System.nanoTime() + time.toNanos();
        while (System.nanoTime() < end) {
            long start = System.nanoTime();
            network.logits(features);
            long between = System.nanoTime();
            network.step(features, targets);
            forward.add((between - start) / 1e9);
            step.add((System.nanoTime() - between) / 1e9);
        }
    }

    private static INDArray features(Structure structure) {
        SplittableRandom random = new SplittableRandom(1);
        Shape shape = structure.input();
        float[] values = new float[BATCH * shape.elements()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return Nd4j.create(values, new long[] {BATCH, shape.channels(), shape.height(), shape.width()}, 'c');
    }

    /** One-hot labels, and the logits of a teacher beside them where a loss asks for them. */
    private static INDArray targets(Workload.Assignment assignment) {
        SplittableRandom random = new SplittableRandom(2);
        int classes = assignment.structure().classes();
        int width = assignment.taught() ? 2 * classes : classes;
        float[] values = new float[BATCH * width];
        for (int row = 0; row < BATCH; row++) {
            values[row * width + random.nextInt(classes)] = 1;
            for (int c = classes; c < width; c++) {
                values[row * width + c] = (float) random.nextGaussian();
            }
        }
        return Nd4j.create(values, new long[] {BATCH, width}, 'c');
    }
}
