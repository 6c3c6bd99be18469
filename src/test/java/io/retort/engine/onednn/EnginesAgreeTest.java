package io.retort.engine.onednn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.retort.data.Labels;
import io.retort.distill.Engine;
import io.retort.distill.loss.CrossEntropyLoss;
import io.retort.distill.loss.Objective;
import io.retort.distill.loss.Signals.SignalLayout;
import io.retort.engine.Batch;
import io.retort.engine.TrainableNetwork;
import io.retort.engine.dl4j.Dl4jNetwork;
import io.retort.network.Layer;
import io.retort.network.Layer.Bias;
import io.retort.network.MovingLayer;
import io.retort.network.Network;
import io.retort.network.RandomNetworks;
import io.retort.network.Shape;
import io.retort.network.Structure;
import io.retort.network.Vocabulary;
import io.retort.network.Window;
import io.retort.network.zoo.ArchitecturesTest;
import io.retort.network.zoo.BlockKindsTest;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Sgd;

/**
 * oneDNN's steps against DL4J's, both in float32: each layer at odd sizes, every block and every architecture.
 *
 * <p>Gradients differ by at most 0.002 of the greatest value of a tensor's gradient, or of a hundredth of that of the
 * whole network, since a BatchNorm behind them leaves of some parameters' gradients nothing but rounding errors. Most
 * differ by less than 3e-5.
 */
class EnginesAgreeTest {
    private static final int CLASSES = 5;
    private static final Vocabulary TOKENS = Vocabulary.standIn(20);
    private static final int LENGTH = 9;
    private static final double TOLERANCE = 6e-4;
    private static final int MOVED = 16;

    static Stream<Arguments> layers() {
        return Stream.of(1, 3, 17)
                .flatMap(channels -> layers(channels).entrySet().stream()
                        .map(entry -> Arguments.of(
                                entry.getKey() + " of " + channels,
                                RandomNetworks.of(entry.getValue().build(), 3))));
    }

    /** Networks that have a layer between others, so that it passes a gradient on. */
    private static Map<String, Structure.Builder> layers(int channels) {
        Map<String, Structure.Builder> layers = new TreeMap<>();
        layers.put("conv", around(channels, new Layer.Conv(7, new Window(3, 2, 2, 1, 1, 0), Bias.PER_CHANNEL)));
        layers.put("dilated", around(channels, new Layer.Conv(1, Window.dilated(3, 2), Bias.NONE)));
        layers.put("pointwise", around(channels, new Layer.Conv(33, Window.valid(1, 2), Bias.NONE)));
        layers.put("depthwise", around(channels, new Layer.DepthwiseConv(Window.strided(3, 2), Bias.PER_CHANNEL)));
        layers.put(
                "grouped", around(channels, new Layer.GroupedConv(2 * channels, channels, Window.same(3), Bias.NONE)));
        layers.put("batch-norm", around(channels, new Layer.BatchNorm(1e-3, 0.8)));
        layers.put("max", around(channels, new Layer.Pool(Layer.Pool.Kind.MAX, new Window(3, 3, 2, 2, 1, 1))));
        layers.put("average", around(channels, new Layer.Pool(Layer.Pool.Kind.AVERAGE, new Window(2, 3, 2, 1, 1, 1))));
        layers.put("relu", around(channels, new Layer.Activate(Layer.Activate.Function.RELU)));
        layers.put("relu6", around(channels, new Layer.Activate(Layer.Activate.Function.RELU6)));
        layers.put("tanh", around(channels, new Layer.Activate(Layer.Activate.Function.TANH)));
        layers.put("sigmoid", around(channels, new Layer.Activate(Layer.Activate.Function.SIGMOID)));
        layers.put("shuffle", around(channels, new MovingLayer.ChannelShuffle(channels)));
        layers.put("turn", around(channels, new MovingLayer.ChannelShift(5)));
        layers.put("codes", around(channels, new Layer.FakeQuantize(-3, 5)));
        layers.put(
                "shift",
                around(channels, new MovingLayer.ActiveShift(MovingLayer.ActiveShift.Displacements.REAL, 0.1)));
        layers.put("slice", around(channels, new Layer.Slice(channels / 3, channels / 2 + 1)));
        layers.put(
                "flatten",
                begin(channels).then("flat", new Layer.Flatten()).then("logits", new Layer.Dense(CLASSES, Bias.NONE)));
        layers.put(
                "vectors",
                begin(channels)
                        .then("mean", new Layer.GlobalAveragePool())
                        .then("dense", new Layer.Dense(channels, Bias.PER_CHANNEL))
                        .then("norm", Layer.BatchNorm.standard())
                        .then("relu", new Layer.Activate(Layer.Activate.Function.RELU))
                        .join("both", new Layer.Add(), "relu", "mean", "dense")
                        .join("concat", new Layer.Concat(), "both", "mean")
                        .then("logits", new Layer.Dense(CLASSES, Bias.PER_CHANNEL)));
        layers.put(
                "joined",
                end(begin(channels)
                        .join("other", new Layer.Conv(channels, Window.same(3), Bias.NONE), Structure.INPUT)
                        .join("squeezed", new Layer.GlobalAveragePool(), "first")
                        .then("gates", new Layer.Activate(Layer.Activate.Function.SIGMOID))
                        .join("gate", new Layer.Gate(), "other", "gates")
                        .join("sum", new Layer.Add(), "gate", "first", Structure.INPUT)
                        .join("concat", new Layer.Concat(), "sum", Structure.INPUT, "other", "gate")));
        return layers;
    }

    private static Structure.Builder around(int channels, Layer layer) {
        return end(begin(channels).then("layer", layer));
    }

    private static Structure.Builder begin(int channels) {
        return Structure.from(Shape.image(channels, 6, 5))
                .then("first", new Layer.Conv(channels, Window.same(3), Bias.PER_CHANNEL));
    }

    private static Structure.Builder end(Structure.Builder builder) {
        return builder.then("last", new Layer.Conv(4, Window.same(3), Bias.PER_CHANNEL))
                .then("tanh", new Layer.Activate(Layer.Activate.Function.TANH))
                .then("global", new Layer.GlobalAveragePool())
                .then("logits", new Layer.Dense(CLASSES, Bias.PER_CHANNEL));
    }

    static Stream<Arguments> networks() {
        Shape image = Shape.image(3, 17, 16);
        Stream<Arguments> blocks = BlockKindsTest.examples().entrySet().stream()
                .map(entry -> Arguments.of(
                        "block " + entry.getKey(),
                        RandomNetworks.of(entry.getValue().build(image, CLASSES), 3)));
        Stream<Arguments> architectures = ArchitecturesTest.examples()
                .map(settings -> Arguments.of(
                        settings.getClass().getSimpleName(), RandomNetworks.of(settings.build(image, CLASSES), 3)));
        Stream<Arguments> texts = ArchitecturesTest.textExamples()
                .map(settings -> Arguments.of(
                        settings.toString(), RandomNetworks.of(settings.buildForTexts(TOKENS, LENGTH, CLASSES), 3)));
        return Stream.of(blocks, architectures, texts).flatMap(each -> each);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource({"layers", "networks"})
    void stepsAgree(String name, Network network) {
        IUpdater descent = new Sgd(1); // one step of which takes the gradient away from the parameters
        for (int size : new int[] {7, 1, 2}) {
            Batch batch = batch(network.structure(), size);
            try (TrainableNetwork ours = OneDnnNetwork.of(network, descent, 0, objective(), List.of());
                    TrainableNetwork theirs = Dl4jNetwork.of(network, descent, 0, objective())) {
                float[] expected = theirs.logits(batch.features(), size);
                assertThat(difference(ours.logits(batch.features(), size), expected, 0))
                        .isLessThan(2e-6);
                double loss = theirs.step(batch);
                assertThat(ours.step(batch)).isCloseTo(loss, within(3e-5 * loss));
                assertGradientsAgree(network, ours.network(), theirs.network(), batch);
            }
        }
    }

    /**
     * A gradient jumps where a ReLU's input is all but 0: there the engines need agree only as well as one of them does
     * with itself on features that are moved by some millionths.
     */
    private static void assertGradientsAgree(Network before, Network ours, Network theirs, Batch batch) {
        double off = gradientDifference(before, ours, theirs);
        if (off > TOLERANCE) {
            double own = IntStream.range(0, MOVED)
                    .mapToObj(seed -> moved(batch, seed))
                    .mapToDouble(moved -> Math.max(
                            gradientDifference(before, stepped(before, moved, Engine.DL4J), theirs),
                            gradientDifference(before, stepped(before, moved, Engine.ONEDNN), ours)))
                    .max()
                    .orElseThrow();
            assertThat(off).as("each engine is off from itself by " + own).isLessThan(1.1 * own);
        }
    }

    private static Network stepped(Network network, Batch batch, Engine engine) {
        try (TrainableNetwork trained = engine.begin(network, new Sgd(1), 0, objective(), List.of())) {
            trained.step(batch);
            return trained.network();
        }
    }

    private static Batch moved(Batch batch, int seed) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] features = batch.features().clone();
        for (int i = 0; i < features.length; i++) {
            features[i] *= (float) (1 + 1e-6 * random.nextGaussian());
        }
        return new Batch(features, batch.targets(), batch.size());
    }

    private static double gradientDifference(Network before, Network ours, Network theirs) {
        double largest = before.parameters().keySet().stream()
                .mapToDouble(name -> largest(minus(before, theirs, name)))
                .max()
                .orElseThrow();
        assertThat(largest).isGreaterThan(1e-3);
        return before.parameters().keySet().stream()
                .mapToDouble(name -> difference(minus(before, ours, name), minus(before, theirs, name), 1e-2 * largest))
                .max()
                .orElseThrow();
    }

    private static float[] minus(Network before, Network after, String parameter) {
        float[] difference = before.parameter(parameter).values().clone();
        float[] moved = after.parameter(parameter).values();
        for (int i = 0; i < difference.length; i++) {
            difference[i] -= moved[i];
        }
        return difference;
    }

    private static double largest(float[] values) {
        double largest = 0;
        for (float value : values) {
            largest = Math.max(largest, Math.abs(value));
        }
        return largest;
    }

    /** The greatest difference as a part of the greatest expected value, or of {@code least}. */
    private static double difference(float[] values, float[] expected, double least) {
        assertThat(values).hasSameSizeAs(expected);
        float[] differences = expected.clone();
        for (int i = 0; i < values.length; i++) {
            differences[i] -= values[i];
            assertThat(values[i]).isFinite();
        }
        return largest(differences) / Math.max(least, largest(expected));
    }

    static Objective objective() {
        return new Objective(List.of(new CrossEntropyLoss.Settings(1, 0)), new SignalLayout(CLASSES, false));
    }

    static Batch batch(Structure structure, int size) {
        SplittableRandom random = new SplittableRandom(4);
        float[] features = new float[size * structure.input().elements()];
        for (int i = 0; i < features.length; i++) {
            features[i] =
                    structure.vocabulary().isPresent() ? random.nextInt(TOKENS.size()) : (float) random.nextGaussian();
        }
        int[] labels = random.ints(size, 0, CLASSES).toArray();
        return new Batch(
                features, new SignalLayout(CLASSES, false).packed(Labels.ofClasses(labels), Optional.empty()), size);
    }
}
