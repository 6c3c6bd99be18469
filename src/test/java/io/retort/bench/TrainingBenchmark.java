package io.retort.bench;

import io.retort.engine.dl4j.Flavour;
import io.retort.engine.dl4j.NativeBackend;
import io.retort.engine.dl4j.TrainableNetwork;
import io.retort.network.Network;
import io.retort.network.Shape;
import io.retort.network.Structure;
import io.retort.network.zoo.W1Student;
import io.retort.network.zoo.W1Teacher;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationSoftmax;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;

/**
 * A training step against its forward pass in the same engine, on the W1 networks at batch 128.
 *
 * <p>Run with {@code OMP_NUM_THREADS=1} and the MALLOC settings of the launcher; arguments: seconds for each measurement (default 8), and the
 * flavours and networks to be measured (default all). Forward passes and steps take turns, so that a change in the machine's load meets both;
 * the medians and the fastest are printed.
 */
public final class TrainingBenchmark {
    private static final int BATCH = 128;
    private static final boolean CPU_CLOCK = System.getProperty("clock", "wall").equals("cpu");
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private TrainingBenchmark() {}

    public static void main(String[] arguments) {
        double seconds = arguments.length > 0 ? Double.parseDouble(arguments[0]) : 8;
        String only = arguments.length > 1 ? arguments[1] : "";
        System.out.println(NativeBackend.report());
        System.out.printf(
                "%-22s %12s %12s %7s %12s %12s %7s %12s%n",
                "network", "forward ms", "step ms", "ratio", "best fwd", "best step", "ratio", "images/s");
        Map<String, Structure> networks = new LinkedHashMap<>();
        Shape images = Shape.image(1, 28, 28);
        networks.put("w1-teacher", new W1Teacher().build(images, 10));
        networks.put("w1-student", new W1Student().build(images, 10));
        networks.forEach((name, structure) -> {
            for (Flavour flavour : Flavour.values()) {
                String label = name + " " + flavour;
                if (label.contains(only)) {
                    measure(label, structure, flavour, seconds);
                }
            }
        });
    }

    private static void measure(String label, Structure structure, Flavour flavour, double seconds) {
        TrainableNetwork network = TrainableNetwork.of(
                Network.initialised(structure, 1), new Adam(1e-3), 1e-4, new SoftmaxCrossEntropy(), flavour);
        INDArray features = features(structure);
        INDArray targets = targets(structure.classes());
        long warm = now() + (long) (seconds / 2 * 1e9);
        while (now() < warm) {
            network.logits(features);
            network.step(features, targets);
        }
        long end = now() + (long) (seconds * 1e9);
        double[] forward = new double[10_000];
        double[] step = new double[10_000];
        int runs = 0;
        while (now() < end && runs < step.length) {
            long start = now();
            network.logits(features);
            long between = now();
            network.step(features, targets);
            forward[runs] = (between - start) / 1e6;
            step[runs++] = (now() - between) / 1e6;
        }
        Arrays.sort(forward, 0, runs);
        Arrays.sort(step, 0, runs);
        double medianForward = forward[runs / 2];
        double medianStep = step[runs / 2];
        System.out.printf(
                "%-22s %12.2f %12.2f %7.2f %12.2f %12.2f %7.2f %12.0f%n",
                label,
                medianForward,
                medianStep,
                medianStep / medianForward,
                forward[0],
                step[0],
                step[0] / forward[0],
                BATCH / medianStep * 1e3);
    }

    /** The time that this thread has computed, in nanoseconds, where {@code -Dclock=cpu}: for machines that others load too. */
    private static long now() {
        return CPU_CLOCK ? THREADS.getCurrentThreadCpuTime() : System.nanoTime();
    }

    private static INDArray features(Structure structure) {
        SplittableRandom random = new SplittableRandom(1);
        Shape shape = structure.input();
        float[] values = new float[BATCH * shape.elements()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return Nd4j.createFromArray(values).reshape(BATCH, shape.channels(), shape.height(), shape.width());
    }

    private static INDArray targets(int classes) {
        SplittableRandom random = new SplittableRandom(2);
        float[] values = new float[BATCH * classes];
        for (int i = 0; i < BATCH; i++) {
            values[i * classes + random.nextInt(classes)] = 1;
        }
        return Nd4j.createFromArray(values).reshape(BATCH, classes);
    }

    /** DL4J's own cross-entropy, with the softmax that the graph's head leaves to the loss. */
    private static final class SoftmaxCrossEntropy extends LossMCXENT {
        private static final long serialVersionUID = 1L;

        @Override
        public double computeScore(
                INDArray labels, INDArray logits, IActivation activation, INDArray mask, boolean average) {
            return super.computeScore(labels, logits.dup(), new ActivationSoftmax(), mask, average);
        }

        @Override
        public INDArray computeGradient(INDArray labels, INDArray logits, IActivation activation, INDArray mask) {
            return super.computeGradient(labels, logits.dup(), new ActivationSoftmax(), mask);
        }
    }
}
