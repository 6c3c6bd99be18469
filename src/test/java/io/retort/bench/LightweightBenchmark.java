package io.retort.bench;

import io.retort.distill.Engine;
import io.retort.distill.loss.CrossEntropyLoss;
import io.retort.distill.loss.Objective;
import io.retort.distill.loss.Signals.SignalLayout;
import io.retort.engine.Batch;
import io.retort.engine.TrainableNetwork;
import io.retort.engine.onnx.run.OnnxSession;
import io.retort.engine.onnx.write.OnnxModel;
import io.retort.network.Network;
import io.retort.network.Shape;
import io.retort.network.Structure;
import io.retort.network.zoo.ConvNet;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.nd4j.linalg.learning.config.Sgd;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Time against MACs: a training step by each engine and an inference through each block, beside a 3x3 convolution of the same output
 * ({@code cbr32}).
 *
 * <p>The network is that convolution on 1 x 28 x 28, a pool, the block from 32 to 32 channels of 14 x 14, and the end of every conv-net; {@code none}
 * is that without the block, to be taken away from the others. Batches of 128, one thread; the inference is ONNX Runtime's. {@link BlockTable}
 * runs it and sets the times beside the MACs.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 7, time = 1)
@Fork(1)
public class LightweightBenchmark {
    /** The network around the block alone. */
    static final String NONE = "none";

    private static final int BATCH = 128;
    private static final int CLASSES = 10;
    private static final Shape INPUT = Shape.image(1, 28, 28);

    /** The network of a block and a batch. */
    @State(Scope.Thread)
    public static class Subject {
        @Param({
            NONE,
            "cbr32",
            "dws32",
            "res32",
            "bottleneck32",
            "inverted32x2",
            "fire32",
            "ghost32x1",
            "grouped32",
            "asymmetric32",
            "dilated32",
            "shuffle32",
            "split32",
            "shift32x1",
            "address32x1",
            "active32x1",
            "sparse32x1",
            "squeeze4"
        })
        String block;

        private Network start;
        private Batch batch;

        @Setup
        public void build() {
            start = Network.initialised(structure(block), 1);
            batch = RandomBatch.of(INPUT, CLASSES, BATCH);
        }

        private TrainableNetwork begin(Engine engine) {
            Objective objective =
                    new Objective(List.of(new CrossEntropyLoss.Settings(1, 0)), new SignalLayout(CLASSES, false));
            return engine.begin(start, new Sgd(1e-3), 0, objective, List.of());
        }
    }

    /** The network in training by oneDNN. */
    @State(Scope.Thread)
    public static class OneDnn {
        private TrainableNetwork network;

        @Setup
        public void begin(Subject subject) {
            network = subject.begin(Engine.ONEDNN);
        }

        @TearDown
        public void close() {
            network.close();
        }
    }

    /** The network in training by DL4J. */
    @State(Scope.Thread)
    public static class Dl4j {
        private TrainableNetwork network;

        @Setup
        public void begin(Subject subject) {
            network = subject.begin(Engine.DL4J);
        }

        @TearDown
        public void close() {
            network.close();
        }
    }

    /** The network in ONNX Runtime. */
    @State(Scope.Thread)
    public static class Onnx {
        private OnnxSession session;

        @Setup
        public void open(Subject subject) {
            session = OnnxSession.open(OnnxModel.bytes(subject.start, names(), Map.of()), 1);
        }

        @TearDown
        public void close() {
            session.close();
        }
    }

    @Benchmark
    public double oneDnnTrainingStep(Subject subject, OneDnn engine) {
        return engine.network.step(subject.batch);
    }

    @Benchmark
    public double dl4jTrainingStep(Subject subject, Dl4j engine) {
        return engine.network.step(subject.batch);
    }

    @Benchmark
    public float[] onnxInference(Subject subject, Onnx runtime) {
        return runtime.session.logits(subject.batch.features(), BATCH);
    }

    static Structure structure(String block) {
        List<String> chain = new ArrayList<>(List.of("cbr32", "max"));
        if (!block.equals(NONE)) {
            chain.add(block);
        }
        return new ConvNet(chain).build(INPUT, CLASSES);
    }

    private static List<String> names() {
        return Collections.nCopies(CLASSES, "class");
    }
}
