package io.retort.engine.onnx.write;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import io.retort.network.Layer;
import io.retort.network.MovingLayer;
import io.retort.network.Structure.Node;
import io.retort.network.Tensor;
import io.retort.network.TokenLayer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;

/** Adds one node of a network to its graph; each method gives the name of the node's value. */
final class LayerWriter implements Layer.Visitor<String> {
    private final NetworkWriter written;
    private final OnnxGraph graph;
    private final Node node;
    private final List<String> inputs;

    /** @param written has the nodes that this one reads */
    LayerWriter(NetworkWriter written, Node node) {
        this.written = written;
        this.graph = written.graph();
        this.node = node;
        this.inputs = new ArrayList<>(node.inputs().stream().map(written::read).toList());
    }

    @Override
    public String conv(Layer.Conv layer) {
        return weighted(layer.bias()).add("Conv", OnnxProtos.window(layer.window()));
    }

    @Override
    public String depthwiseConv(Layer.DepthwiseConv layer) {
        List<AttributeProto> attributes = new ArrayList<>(OnnxProtos.window(layer.window()));
        attributes.add(OnnxProtos.integer("group", channels()));
        return weighted(layer.bias()).add("Conv", attributes);
    }

    @Override
    public String dense(Layer.Dense layer) {
        return weighted(layer.bias()).add("Gemm", List.of(OnnxProtos.integer("transB", 1)));
    }

    @Override
    public String batchNorm(Layer.BatchNorm layer) {
        return parameter("scale")
                .parameter("shift")
                .parameter("mean")
                .parameter("variance")
                .add("BatchNormalization", List.of(OnnxProtos.real("epsilon", (float) layer.epsilon())));
    }

    @Override
    public String activate(Layer.Activate layer) {
        return switch (layer.function()) {
            case RELU -> add("Relu", List.of());
            case RELU6 -> number("least", 0).number("greatest", 6).add("Clip", List.of());
            case TANH -> add("Tanh", List.of());
            case SIGMOID -> add("Sigmoid", List.of());
        };
    }

    @Override
    public String pool(Layer.Pool layer) {
        return add(layer.kind() == Layer.Pool.Kind.MAX ? "MaxPool" : "AveragePool", OnnxProtos.window(layer.window()));
    }

    @Override
    public String globalAveragePool(Layer.GlobalAveragePool layer) {
        String pooled = graph.node("GlobalAveragePool", node.name() + "/pooled", inputs, List.of());
        // Rounded before Flatten too, where a runtime looks for it; rounding again changes nothing.
        inputs.set(0, written.wiring().value(graph, node.name(), pooled));
        return add("Flatten", List.of());
    }

    @Override
    public String flatten(Layer.Flatten layer) {
        return add("Flatten", List.of());
    }

    @Override
    public String add(Layer.Add layer) {
        return add(inputs.size() == 2 ? "Add" : "Sum", List.of());
    }

    @Override
    public String groupedConv(Layer.GroupedConv layer) {
        List<AttributeProto> attributes = new ArrayList<>(OnnxProtos.window(layer.window()));
        attributes.add(OnnxProtos.integer("group", layer.groups()));
        return weighted(layer.bias()).add("Conv", attributes);
    }

    @Override
    public String concat(Layer.Concat layer) {
        return addConcat();
    }

    @Override
    public String gate(Layer.Gate layer) {
        if (!written.shape(node.inputs().get(1)).isImage()) {
            List<String> operands = List.of(inputs.get(1), indices("axes", 2, 3));
            inputs.set(1, graph.node("Unsqueeze", node.parameter("gates"), operands, List.of()));
        }
        return add("Mul", List.of());
    }

    @Override
    public String slice(Layer.Slice layer) {
        inputs.add(indices("starts", layer.first()));
        inputs.add(indices("ends", layer.first() + layer.channels()));
        inputs.add(indices("axes", 1));
        return add("Slice", List.of());
    }

    /** In float32. */
    @Override
    public String fakeQuantize(Layer.FakeQuantize layer) {
        float logScale =
                written.network().parameter(node.parameter("log-scale")).values()[0];
        GraphRewriter.Steps code =
                new GraphRewriter.Steps(Layer.FakeQuantize.scale(logScale), layer.least(), layer.greatest());
        String scale = code.scale(graph, node.name());
        inputs.set(0, code.of(graph, node.name(), inputs.get(0), scale));
        inputs.add(scale);
        return add("Mul", List.of());
    }

    @Override
    public String channelShuffle(MovingLayer.ChannelShuffle layer) {
        return gather(channel -> layer.source(channel, channels()));
    }

    @Override
    public String channelShift(MovingLayer.ChannelShift layer) {
        return gather(channel -> layer.source(channel, channels()));
    }

    private String gather(IntUnaryOperator source) {
        long[] sources =
                IntStream.range(0, channels()).map(source).asLongStream().toArray();
        inputs.add(indices("sources", sources));
        return add("Gather", List.of(OnnxProtos.integer("axis", 1)));
    }

    /** Without multiplications. */
    @Override
    public String shift(MovingLayer.Shift layer) {
        List<String> cuts = ShiftCuts.of(graph, node, layer, inputs.get(0), written.shape(node.name()));
        inputs.clear();
        inputs.addAll(cuts);
        return addConcat();
    }

    /** A depthwise convolution whose kernels hold the weights of the interpolation. */
    @Override
    public String activeShift(MovingLayer.ActiveShift layer) {
        InterpolationKernel kernel = InterpolationKernel.of(
                layer, written.network().parameter(node.parameter("displacement")), written.shape(node.name()));
        inputs.add(graph.initializer(OnnxProtos.floats(node.parameter("weight"), kernel.weight())));
        List<AttributeProto> attributes = List.of(
                OnnxProtos.integer("group", channels()),
                OnnxProtos.integers("kernel_shape", kernel.height(), kernel.width()),
                OnnxProtos.integers("pads", kernel.top(), kernel.left(), kernel.bottom(), kernel.right()));
        return add("Conv", attributes);
    }

    @Override
    public String embedding(TokenLayer.Embedding layer) {
        String rows = gathered(layer);
        String turned = graph.node(
                "Transpose", node.parameter("turned"), List.of(rows), List.of(OnnxProtos.integers("perm", 0, 2, 1)));
        inputs.clear();
        inputs.addAll(List.of(turned, indices("axes", 2)));
        return add("Unsqueeze", List.of());
    }

    /** The sum of the rows, of which padding has zeros, by the number of ids that are not padding, or by 1. */
    @Override
    public String embeddingBag(TokenLayer.EmbeddingBag layer) {
        String ids = inputs.get(0);
        String axes = indices("axes", 1);
        String sum = graph.node(
                "ReduceSum",
                node.parameter("sum"),
                List.of(gathered(layer), axes),
                List.of(OnnxProtos.integer("keepdims", 0)));
        String one = graph.initializer(OnnxProtos.number(node.parameter("one"), 1));
        String counted = counted(layer, ids, one);
        String count = graph.node("ReduceSum", node.parameter("count"), List.of(counted, axes), List.of());
        String atLeastOne = graph.node("Max", node.parameter("divisor"), List.of(count, one), List.of());
        inputs.clear();
        inputs.addAll(List.of(sum, atLeastOne));
        return add("Div", List.of());
    }

    /** 1 for each id, and 0 for padding. */
    private String counted(TokenLayer layer, String ids, String one) {
        List<AttributeProto> toFloat = List.of(OnnxProtos.integer("to", DataType.FLOAT_VALUE));
        if (layer.vocabulary().padding() == 0) {
            String numbers = graph.node("Cast", node.parameter("numbers"), List.of(ids), toFloat);
            return graph.node("Min", node.parameter("counted"), List.of(numbers, one), List.of());
        }
        String padding = indices("padding", layer.vocabulary().padding());
        String same = graph.node("Equal", node.parameter("pads"), List.of(ids, padding), List.of());
        String other = graph.node("Not", node.parameter("tokens"), List.of(same), List.of());
        return graph.node("Cast", node.parameter("counted"), List.of(other), toFloat);
    }

    /** The rows {@code [batch, length, dimension]} of the input's ids. */
    private String gathered(TokenLayer layer) {
        Tensor table = layer.withoutPadding(written.network().parameter(node.parameter(TokenLayer.TABLE)));
        String rows = written.wiring().parameter(graph, node, TokenLayer.TABLE, table);
        return graph.node("Gather", node.parameter("rows"), List.of(rows, inputs.get(0)), List.of());
    }

    /** Of the value that this node gives. */
    private int channels() {
        return written.shape(node.name()).channels();
    }

    private String indices(String name, long... values) {
        return graph.initializer(OnnxProtos.whole(node.parameter(name), values));
    }

    private LayerWriter weighted(Layer.Bias bias) {
        parameter("weight");
        return bias == Layer.Bias.PER_CHANNEL ? parameter("bias") : this;
    }

    private LayerWriter parameter(String name) {
        inputs.add(
                written.wiring().parameter(graph, node, name, written.network().parameter(node.parameter(name))));
        return this;
    }

    private LayerWriter number(String name, float value) {
        inputs.add(graph.initializer(OnnxProtos.number(node.parameter(name), value)));
        return this;
    }

    private String addConcat() {
        return add("Concat", List.of(OnnxProtos.integer("axis", 1)));
    }

    private String add(String operator, List<AttributeProto> attributes) {
        return graph.node(operator, node.name(), inputs, attributes, written.valueOf(node.name()));
    }
}
