package io.retort.bench;

import io.retort.distill.Engine;
import io.retort.distill.loss.CrossEntropyLoss;
import io.retort.distill.loss.Objective;
import io.retort.distill.loss.Signals.SignalLayout;
import io.retort.engine.Batch;
import io.retort.engine.TrainableNetwork;
import io.retort.engine.dl4j.Dl4jNetwork;
import io.retort.engine.dl4j.LayerSet;
import io.retort.network.Layer;
import io.retort.network.Network;
import io.retort.network.Shape;
import io.retort.network.Structure;
import io.retort.network.Window;
import java.util.List;
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
import org.openjdk.jmh.annotations.Warmup;

/**
 * A training step through one kind of layer, by oneDNN, and by DL4J in our own layers and in its stock ones:
 * {@code submit-scripts/benchmark --kernels}.
 *
 * <p>The network is a 3x3 convolution to 32 channels, the layer, a global pool and a dense layer, on batches of 128 images of 1 x 28 x 28;
 * {@code none} is that without the layer, to be taken away from the others.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class BlockBenchmark {
    private static final int BATCH = 128;
    private static final int CLASSES = 10;
    private static final Shape INPUT = Shape.image(1, 28, 28);

    @Param({"none", "batch-norm-relu", "depthwise", "pointwise", "max-pool"})
    String layer;

    /** oneDNN, or DL4J with our layers or with its own. */
    @Param({"ONEDNN", "FUSED", "STOCK"})
    String engine;

    private TrainableNetwork network;
    private Batch batch;

    @Setup
    public void build() {
        Objective objective =
                new Objective(List.of(new CrossEntropyLoss.Settings(1, 0)), new SignalLayout(CLASSES, false));
        Network start = Network.initialised(structure(), 1);
        network = engine.equals("ONEDNN")
                ? Engine.ONEDNN.begin(start, new Sgd(1e-3), 0, objective, List.of())
                : Dl4jNetwork.of(start, new Sgd(1e-3), 0, objective, LayerSet.valueOf(engine));
        batch = RandomBatch.of(INPUT, CLASSES, BATCH);
    }

    @Benchmark
    public double step() {
        return network.step(batch);
    }

    private Structure structure() {
        Structure.Builder builder =
                Structure.from(INPUT).then("first", new Layer.Conv(32, Window.same(3), Layer.Bias.NONE));
        switch (layer) {
            case "none" -> {}
            case "batch-norm-relu" ->
                builder.then("norm", Layer.BatchNorm.standard())
                        .then("relu", new Layer.Activate(Layer.Activate.Function.RELU));
            case "depthwise" -> builder.then("layer", new Layer.DepthwiseConv(Window.same(3), Layer.Bias.NONE));
            case "pointwise" -> builder.then("layer", new Layer.Conv(32, Window.valid(1, 1), Layer.Bias.NONE));
            case "max-pool" -> builder.then("layer", new Layer.Pool(Layer.Pool.Kind.MAX, Window.valid(2, 2)));
            default -> throw new IllegalArgumentException("no layer '" + layer + "'");
        }
        return builder.then("pool", new Layer.GlobalAveragePool())
                .then("logits", new Layer.Dense(CLASSES, Layer.Bias.PER_CHANNEL))
                .build();
    }
}
