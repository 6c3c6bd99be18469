package io.retort.engine.onnx.write;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import com.google.protobuf.InvalidProtocolBufferException;
import io.retort.engine.onnx.ReferenceNetwork;
import io.retort.engine.onnx.run.OnnxSession;
import io.retort.network.BatchNormFolding;
import io.retort.network.Layer;
import io.retort.network.Layer.Activate;
import io.retort.network.Layer.Activate.Function;
import io.retort.network.Layer.Bias;
import io.retort.network.Layer.Pool;
import io.retort.network.MovingLayer;
import io.retort.network.MovingLayer.ActiveShift.Displacements;
import io.retort.network.MovingLayer.Shift.Directions;
import io.retort.network.Network;
import io.retort.network.RandomNetworks;
import io.retort.network.Shape;
import io.retort.network.Signature;
import io.retort.network.Structure;
import io.retort.network.Window;
import io.retort.network.zoo.ResNet;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

public class OnnxModelTest {
    private static final Shape IMAGE = Shape.image(3, 9, 7);
    private static final Window ODD = new Window(3, 2, 2, 1, 1, 1);

    static Stream<Structure> everyLayer() {
        Stream<Structure.Builder> images = Stream.of(
                onImage().then("tested", new Layer.Conv(5, ODD, Bias.NONE)),
                onImage().then("tested", new Layer.Conv(5, ODD, Bias.PER_CHANNEL)),
                onImage().then("tested", new Layer.DepthwiseConv(ODD, Bias.NONE)),
                onImage().then("tested", new Layer.DepthwiseConv(ODD, Bias.PER_CHANNEL)),
                onImage().then("tested", new Layer.BatchNorm(0.1, 0.9)),
                onImage().then("tested", new Activate(Function.RELU)),
                onImage().then("tested", new Activate(Function.RELU6)),
                onImage().then("tested", new Activate(Function.TANH)),
                onImage().then("tested", new Activate(Function.SIGMOID)),
                onImage().then("tested", new Pool(Pool.Kind.MAX, ODD)),
                onImage().then("tested", new Pool(Pool.Kind.AVERAGE, ODD)),
                onImage().then("tested", new Pool(Pool.Kind.MAX, Window.valid(2, 2))),
                onImage().then("other", new Activate(Function.TANH)).join("tested", new Layer.Add(), "input", "other"),
                onImage()
                        .then("other", new Activate(Function.TANH))
                        .join("tested", new Layer.Add(), "input", "other", "other"),
                onImage().then("tested", new Layer.Conv(5, new Window(3, 2, 2, 1, 2, 3, 2, 4), Bias.NONE)),
                onImage().then("tested", new Layer.DepthwiseConv(Window.dilated(3, 2), Bias.PER_CHANNEL)),
                onImage().then("tested", new Layer.Conv(5, Window.same(1, 5), Bias.NONE)),
                onChannels(12).then("tested", new Layer.GroupedConv(8, 4, ODD, Bias.PER_CHANNEL)),
                onChannels(12).then("tested", new Layer.GroupedConv(9, 3, Window.valid(1, 1), Bias.NONE)),
                onChannels(4).join("tested", new Layer.Concat(), "input", "channels", "input"),
                onChannels(5).then("tested", new Layer.Slice(1, 3)),
                onChannels(12).then("tested", new MovingLayer.ChannelShuffle(3)),
                onChannels(5).then("tested", new MovingLayer.ChannelShift(2)),
                onChannels(20).then("tested", new MovingLayer.Shift(3, Directions.GRID)),
                onChannels(25).then("tested", new MovingLayer.Shift(5, Directions.GRID)),
                onChannels(9).then("tested", new MovingLayer.Shift(3, Directions.CROSS)),
                onChannels(4).then("tested", new MovingLayer.ActiveShift(Displacements.REAL, 0)),
                onChannels(4).then("tested", new MovingLayer.ActiveShift(Displacements.WHOLE, 0.1)),
                onChannels(4)
                        .then("gates", new Layer.GlobalAveragePool())
                        .join("tested", new Layer.Gate(), "channels", "gates"),
                onChannels(4)
                        .then("gates", new Layer.Conv(4, new Window(9, 1, 1, 1, 0, 0), Bias.NONE))
                        .then("last", new Layer.Conv(4, new Window(1, 7, 1, 1, 0, 0), Bias.NONE))
                        .join("tested", new Layer.Gate(), "channels", "last"));
        Stream<Structure> onVectors = Stream.of(
                onVector(new Layer.Dense(4, Bias.NONE)),
                onVector(new Layer.Dense(4, Bias.PER_CHANNEL)),
                onVector(new Layer.BatchNorm(0.1, 0.9)),
                onVector(new Layer.Flatten()),
                onVector(new Layer.Slice(2, 3)),
                onVector(new MovingLayer.ChannelShift(1)),
                onVector(new MovingLayer.ChannelShuffle(2)),
                Structure.from(Shape.vector(6))
                        .then("other", new Activate(Function.TANH))
                        .join("tested", new Layer.Concat(), "other", "input")
                        .build(),
                onImage().then("pooled", new Layer.GlobalAveragePool()).build());
        return Stream.concat(
                images.map(builder -> builder.then("flat", new Layer.Flatten()).build()), onVectors);
    }

    private static Structure.Builder onImage() {
        return Structure.from(IMAGE);
    }

    /** An image of so many channels, none like another. */
    private static Structure.Builder onChannels(int channels) {
        return onImage().then("channels", new Layer.Conv(channels, Window.same(3), Bias.NONE));
    }

    private static Structure onVector(Layer layer) {
        return Structure.from(Shape.vector(6)).then("tested", layer).build();
    }

    @ParameterizedTest
    @MethodSource("everyLayer")
    void computesWhatTheFormulasSay(Structure structure) {
        Network network = RandomNetworks.of(structure, 7);
        assertSameLogits(OnnxModel.bytes(network, names(network), Map.of()), network);
    }

    @Test
    void foldingBatchNormKeepsTheOutputs() {
        Network network = RandomNetworks.of(new ResNet.Cifar(1, 4).build(Shape.image(3, 8, 8), 5), 3);
        Network folded = BatchNormFolding.fold(network);
        assertThat(folded.structure().nodes()).noneMatch(node -> node.layer() instanceof Layer.BatchNorm);
        assertSameLogits(OnnxModel.unfolded(network, names(network), Map.of()), network);
        assertSameLogits(OnnxModel.unfolded(folded, names(network), Map.of()), network);
    }

    @Test
    void namesInputsOutputsAndMetadata() throws Exception {
        Network network = RandomNetworks.of(new ResNet.Cifar(1, 4).build(Shape.image(3, 8, 8), 3), 3);
        byte[] bytes = OnnxModel.bytes(network, List.of("T-shirt/top", "Bag", "\"Ankle\" boot"), Map.of("seed", "17"));
        ModelProto model = ModelProto.parseFrom(bytes);
        assertThat(model.getOpsetImport(0).getVersion()).isEqualTo(17);
        assertThat(model.getGraph().getNodeList())
                .extracting(NodeProto::getOpType)
                .doesNotContain("BatchNormalization");
        assertThat(model.getGraph().getInput(0).toString())
                .contains("\"input\"", "dim_param: \"batch\"", "dim_value: 3", "dim_value: 8");
        assertThat(model.getGraph().getInputCount()).isEqualTo(1);
        assertThat(model.getGraph().getOutput(0).getName()).isEqualTo("logits");
        try (OnnxSession session = OnnxSession.open(bytes, 1)) {
            assertThat(session.input()).isEqualTo(Shape.image(3, 8, 8));
            assertThat(session.classes()).isEqualTo(3);
            assertThat(session.metadata())
                    .isEqualTo(Map.of("classes", "[\"T-shirt/top\",\"Bag\",\"\\\"Ankle\\\" boot\"]", "seed", "17"));
        }
    }

    @Test
    void givesTheSameBytesForTheSameNetwork() {
        Structure structure = new ResNet.Cifar(1, 4).build(Shape.image(3, 8, 8), 3);
        Map<String, String> provenance = Map.of("c", "1", "a", "2", "b", "3", "run", "4", "seed", "5");
        byte[] first = OnnxModel.bytes(RandomNetworks.of(structure, 3), List.of("x", "y", "z"), provenance);
        byte[] second = OnnxModel.bytes(RandomNetworks.of(structure, 3), List.of("x", "y", "z"), provenance);
        assertThat(first).isEqualTo(second);
    }

    @Test
    void keepsANodeThatIsNamedLikeTheOutputApart() {
        Network network = RandomNetworks.of(
                Structure.from(Shape.vector(3))
                        .then("logits", new Layer.Dense(4, Bias.NONE))
                        .then("last", new Activate(Function.TANH))
                        .build(),
                1);
        assertSameLogits(OnnxModel.bytes(network, names(network), Map.of()), network);
    }

    @Test
    void refusesClassNamesThatDoNotFit() {
        Network network = RandomNetworks.of(onVector(new Layer.Flatten()), 1);
        assertThatThrownBy(() -> OnnxModel.bytes(network, List.of("a", "b"), Map.of()))
                .hasMessage("a network of 6 classes was given 2 class names");
        assertThatThrownBy(() -> OnnxModel.bytes(network, names(network), Map.of("classes", "x")))
                .hasMessage("provenance must not have the key 'classes', which holds the class names");
    }

    @Test
    void namesTheElementsOfItsInput() throws Exception {
        Network bare = Network.initialised(
                Structure.from(Shape.vector(3))
                        .then("logits", new Layer.Dense(2, Bias.NONE))
                        .build(),
                1);
        Network named = new Network(
                bare.structure().withSignature(new Signature(List.of("age", "x \"1\"", "b"), List.of("no", "yes"))),
                bare.parameters());
        byte[] onnx = OnnxModel.bytes(named, List.of("no", "yes"), Map.of("seed", "1"));
        assertThat(metadata(onnx))
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        "columns", "[\"age\",\"x \\\"1\\\"\",\"b\"]", "classes", "[\"no\",\"yes\"]", "seed", "1"));
        assertThat(metadata(OnnxModel.withoutProvenance(onnx))).containsOnlyKeys("columns", "classes");
        assertThat(metadata(OnnxModel.bytes(bare, List.of("no", "yes"), Map.of())))
                .containsOnlyKeys("classes");
    }

    private static Map<String, String> metadata(byte[] onnx) throws InvalidProtocolBufferException {
        return ModelProto.parseFrom(onnx).getMetadataPropsList().stream()
                .collect(Collectors.toMap(StringStringEntryProto::getKey, StringStringEntryProto::getValue));
    }

    public static List<String> names(Network network) {
        return IntStream.range(0, network.structure().classes())
                .mapToObj(i -> "class" + i)
                .toList();
    }

    /** To 1e-5 of the largest logit, on a batch of three and on each sample alone. */
    private static void assertSameLogits(byte[] model, Network network) {
        Shape shape = network.structure().input();
        float[] features = RandomNetworks.pixels(shape, 3, 5);
        float[] expected = new ReferenceNetwork(network).logits(features, 3);
        float largest = 0;
        for (float value : expected) {
            largest = Math.max(largest, Math.abs(value));
        }
        try (OnnxSession session = OnnxSession.open(model, 1)) {
            assertThat(session.logits(features, 3)).containsExactly(expected, within(1e-5f * largest));
            assertThat(session.logits(features, 1))
                    .containsExactly(java.util.Arrays.copyOf(expected, session.classes()), within(1e-5f * largest));
        }
    }

    private static org.assertj.core.data.Offset<Float> within(float tolerance) {
        return org.assertj.core.data.Offset.offset(tolerance);
    }
}
