package io.retort.engine.onednn;

import io.retort.network.Layer;
import io.retort.network.Layer.Activate;
import io.retort.network.Layer.Activate.Function;
import io.retort.network.Layer.Bias;
import io.retort.network.MovingLayer;
import io.retort.network.RandomNetworks;
import io.retort.network.Shape;
import io.retort.network.Structure;
import io.retort.network.TokenLayer;
import io.retort.network.Vocabulary;
import io.retort.network.Window;
import io.retort.network.zoo.ArchitecturesTest;
import io.retort.network.zoo.BlockKindsTest;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;

/** Networks of odd sizes, by name: each kind of layer, every block, every architecture. */
final class OddNetworks {
    static final int CLASSES = 5;
    static final Vocabulary TOKENS = Vocabulary.standIn(20);
    private static final int LENGTH = 9;
    private static final Shape IMAGE = Shape.image(3, 17, 16);

    private OddNetworks() {}

    /** One layer between others each, so that it passes a gradient on. */
    static Stream<Arguments> layers() {
        return Stream.of(1, 3, 17).flatMap(OddNetworks::layersOf);
    }

    static Stream<Arguments> layersOf(int channels) {
        return layers(channels).entrySet().stream()
                .map(entry -> Arguments.of(
                        entry.getKey() + " of " + channels,
                        RandomNetworks.of(entry.getValue().build(), 3)));
    }

    private static Map<String, Structure.Builder> layers(int channels) {
        Map<String, Structure.Builder> layers = new TreeMap<>();
        layers.put("conv", around(channels, new Layer.Conv(7, new Window(3, 2, 2, 1, 1, 0), Bias.PER_CHANNEL)));
        layers.put("dilated", around(channels, new Layer.Conv(1, Window.dilated(3, 2), Bias.NONE)));
        layers.put("pointwise", around(channels, new Layer.Conv(33, Window.valid(1, 2), Bias.NONE)));
        layers.put("depthwise", around(channels, new Layer.DepthwiseConv(Window.strided(3, 2), Bias.PER_CHANNEL)));
        layers.put(
                "grouped", around(channels, new Layer.GroupedConv(2 * channels, channels, Window.same(3), Bias.NONE)));
        layers.put("grouped by two", around(6, new Layer.GroupedConv(9, 3, Window.strided(3, 2), Bias.PER_CHANNEL)));
        layers.put("asymmetric", around(channels, new Layer.Conv(5, Window.same(1, 3), Bias.NONE)));
        layers.put("batch-norm", around(channels, new Layer.BatchNorm(1e-3, 0.8)));
        layers.put("max", around(channels, new Layer.Pool(Layer.Pool.Kind.MAX, new Window(3, 3, 2, 2, 1, 1))));
        layers.put("average", around(channels, new Layer.Pool(Layer.Pool.Kind.AVERAGE, new Window(2, 3, 2, 1, 1, 1))));
        layers.put("relu", around(channels, new Activate(Function.RELU)));
        layers.put(
                "relu6", // so that some values are beyond 6
                end(begin(channels)
                        .join("thrice", new Layer.Add(), "first", "first", "first")
                        .then("bent", new Activate(Function.RELU6))));
        layers.put("tanh", around(channels, new Activate(Function.TANH)));
        layers.put("sigmoid", around(channels, new Activate(Function.SIGMOID)));
        for (Function function : List.of(Function.RELU, Function.SIGMOID)) {
            layers.put(
                    "batch-norm and " + function,
                    end(begin(channels).then("norm", Layer.BatchNorm.standard()).then("bent", new Activate(function))));
        }
        layers.put("shuffle", around(channels, new MovingLayer.ChannelShuffle(channels)));
        layers.put("turn", around(channels, new MovingLayer.ChannelShift(5)));
        layers.put("codes", around(channels, new Layer.FakeQuantize(-3, 5)));
        layers.put("clipped codes", around(channels, new Layer.FakeQuantize(-128, 8)));
        layers.put(
                "shift",
                around(channels, new MovingLayer.ActiveShift(MovingLayer.ActiveShift.Displacements.REAL, 0.1)));
        layers.put(
                "whole shift",
                around(channels, new MovingLayer.ActiveShift(MovingLayer.ActiveShift.Displacements.WHOLE, 0)));
        layers.put("grid", around(17, new MovingLayer.Shift(3, MovingLayer.Shift.Directions.GRID)));
        layers.put("cross", around(17, new MovingLayer.Shift(5, MovingLayer.Shift.Directions.CROSS)));
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
                        .then("relu", new Activate(Function.RELU))
                        .join("both", new Layer.Add(), "relu", "mean", "dense")
                        .join("concat", new Layer.Concat(), "both", "mean")
                        .then("logits", new Layer.Dense(CLASSES, Bias.PER_CHANNEL)));
        layers.put(
                "joined",
                end(begin(channels)
                        .join("other", new Layer.Conv(channels, Window.same(3), Bias.NONE), Structure.INPUT)
                        .join("squeezed", new Layer.GlobalAveragePool(), "first")
                        .then("gates", new Activate(Function.SIGMOID))
                        .join("gate", new Layer.Gate(), "other", "gates")
                        .join("sum", new Layer.Add(), "gate", "first", Structure.INPUT)
                        .join("concat", new Layer.Concat(), "sum", Structure.INPUT, "other", "gate")));
        layers.put(
                "tokens",
                Structure.from(Shape.vector(LENGTH))
                        .then("embedding", new TokenLayer.Embedding(TOKENS, channels))
                        .then("conv", new Layer.Conv(4, new Window(1, 3, 1, 1, 0, 0), Bias.PER_CHANNEL))
                        .then("relu", new Activate(Function.RELU))
                        .then("max", new Layer.Pool(Layer.Pool.Kind.MAX, new Window(1, 7, 1, 1, 0, 0)))
                        .then("flat", new Layer.Flatten())
                        .then("logits", new Layer.Dense(CLASSES, Bias.PER_CHANNEL)));
        layers.put(
                "bag",
                Structure.from(Shape.vector(LENGTH))
                        .then("bag", new TokenLayer.EmbeddingBag(TOKENS, channels))
                        .then("logits", new Layer.Dense(CLASSES, Bias.PER_CHANNEL)));
        return layers;
    }

    private static Structure.Builder around(int channels, Layer layer) {
        return end(begin(channels).then("layer", layer));
    }

    private static Structure.Builder begin(int channels) {
        return Structure.from(Shape.image(channels, 7, 5))
                .then("first", new Layer.Conv(channels, Window.same(3), Bias.PER_CHANNEL));
    }

    private static Structure.Builder end(Structure.Builder builder) {
        return builder.then("last", new Layer.Conv(4, Window.same(3), Bias.PER_CHANNEL))
                .then("tanh", new Activate(Function.TANH))
                .then("global", new Layer.GlobalAveragePool())
                .then("logits", new Layer.Dense(CLASSES, Bias.PER_CHANNEL));
    }

    /** Layers, blocks, architectures. */
    static Stream<Arguments> all() {
        return Stream.of(layers(), blocks(IMAGE), architectures()).flatMap(each -> each);
    }

    static Stream<Arguments> blocks(Shape image) {
        return BlockKindsTest.examples().entrySet().stream()
                .map(entry -> Arguments.of(
                        "block " + entry.getKey(),
                        RandomNetworks.of(entry.getValue().build(image, CLASSES), 3)));
    }

    static Stream<Arguments> architectures() {
        Stream<Arguments> ofImages = ArchitecturesTest.examples()
                .map(settings -> Arguments.of(
                        settings.getClass().getSimpleName(), RandomNetworks.of(settings.build(IMAGE, CLASSES), 3)));
        Stream<Arguments> ofTexts = ArchitecturesTest.textExamples()
                .map(settings -> Arguments.of(
                        settings.toString(), RandomNetworks.of(settings.buildForTexts(TOKENS, LENGTH, CLASSES), 3)));
        return Stream.concat(ofImages, ofTexts);
    }
}
