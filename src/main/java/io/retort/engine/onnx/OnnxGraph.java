package io.retort.engine.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import io.retort.engine.Tap;
import io.retort.network.InputScaling;
import io.retort.network.Layer;
import io.retort.network.Network;
import io.retort.network.Node;
import io.retort.network.Shape;
import io.retort.network.Structure;
import io.retort.network.Tensor;
import io.retort.network.Window;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntUnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Writes the graph of a network, node by node; a node's value has its name, so that taps are found by it. */
final class OnnxGraph {
    /** Not a legal node name, so it cannot clash. */
    private static final String TAPS = "TAPS";

    private final Network network;
    private final OnnxWiring wiring;
    private final Map<String, Shape> shapes;
    private final GraphProto.Builder graph = GraphProto.newBuilder().setName("network");
    /** The name of the value that the readers of a node's value, or of the scaled input, get. */
    private final Map<String, String> read = new HashMap<>();

    private String scaledInput = OnnxModel.INPUT;

    private OnnxGraph(Network network, OnnxWiring wiring) {
        this.network = network;
        this.wiring = wiring;
        this.shapes = network.structure().shapes();
    }

    static GraphProto of(Network network) {
        return of(network, OnnxWiring.DIRECT);
    }

    /** The graph with something between values and their readers. */
    static GraphProto of(Network network, OnnxWiring wiring) {
        return written(network, wiring).graph.build();
    }

    /** The graph with further outputs: the values of nodes, or of the scaled input, as their readers get them, named {@code tap/<node>}. */
    static GraphProto withTaps(Network network, OnnxWiring wiring, List<String> nodes) {
        OnnxGraph writer = written(network, wiring);
        for (String node : nodes) {
            String tap = OnnxModel.TAP + node;
            writer.node("Identity", tap, List.of(writer.read.get(node)), List.of());
            writer.graph.addOutput(value(tap, writer.shapes.get(node)));
        }
        return writer.graph.build();
    }

    private static OnnxGraph written(Network network, OnnxWiring wiring) {
        OnnxGraph writer = new OnnxGraph(network, wiring);
        Structure structure = network.structure();
        writer.graph.addInput(value(OnnxModel.INPUT, structure.input()));
        writer.scale(structure.input(), structure.scaling());
        writer.read.put(Structure.INPUT, wiring.value(writer, Structure.INPUT, writer.scaledInput));
        for (Node node : structure.nodes()) {
            node.layer().accept(writer.new Writer(node));
            writer.read.put(node.name(), wiring.value(writer, node.name(), writer.valueOf(node.name())));
        }
        writer.graph.addOutput(value(OnnxModel.LOGITS, Shape.vector(structure.classes())));
        return writer;
    }

    /** What taps give, side by side; nodes that none of them needs are left out. */
    static GraphProto ofTaps(Network network, List<Tap> taps) {
        OnnxGraph writer = new OnnxGraph(network, OnnxWiring.DIRECT);
        Structure structure = network.structure();
        writer.graph.addInput(value(OnnxModel.INPUT, structure.input()));
        writer.scale(structure.input(), structure.scaling());
        writer.read.put(Structure.INPUT, writer.scaledInput);
        Set<String> needed = taps.stream().map(Tap::node).collect(Collectors.toCollection(HashSet::new));
        List<Node> nodes = new ArrayList<>(structure.nodes());
        Collections.reverse(nodes);
        nodes.stream().filter(node -> needed.contains(node.name())).forEach(node -> needed.addAll(node.inputs()));
        for (Node node : structure.nodes()) {
            if (needed.contains(node.name())) {
                node.layer().accept(writer.new Writer(node));
                writer.read.put(node.name(), writer.valueOf(node.name()));
            }
        }
        NodeProto.Builder all =
                NodeProto.newBuilder().setName(TAPS).setOpType("Concat").addAttribute(integer("axis", 1));
        for (int i = 0; i < taps.size(); i++) {
            all.addInput(writer.reading(taps.get(i), TAPS + "/" + i + "/"));
        }
        writer.graph.addNode(all.addOutput(TAPS));
        int width = taps.stream().mapToInt(tap -> tap.shape().elements()).sum();
        writer.graph.addOutput(value(TAPS, Shape.vector(width)));
        return writer.graph.build();
    }

    /** Adds what a tap makes of its node's output; returns the name of the value, {@code [batch, elements]}. */
    private String reading(Tap tap, String prefix) {
        String value = valueOf(tap.node());
        if (tap.reading() == Tap.Reading.ATTENTION) {
            value = step("Mul", prefix + "squares", List.of(), value, value);
            value = step("ReduceMean", prefix + "map", List.of(integers("axes", 1), integer("keepdims", 1)), value);
        }
        int height = tap.source().height() / tap.shape().height();
        int width = tap.source().width() / tap.shape().width();
        if (height * width > 1) {
            List<AttributeProto> window =
                    List.of(integers("kernel_shape", height, width), integers("strides", height, width));
            value = step("AveragePool", prefix + "averaged", window, value);
        }
        value = step("Flatten", prefix + "flat", List.of(), value);
        if (tap.reading() == Tap.Reading.ATTENTION) {
            value = step("LpNormalization", prefix + "unit", List.of(integer("axis", 1), integer("p", 2)), value);
        }
        return value;
    }

    private String step(String operator, String result, List<AttributeProto> attributes, String... inputs) {
        graph.addNode(NodeProto.newBuilder()
                .setName(result)
                .setOpType(operator)
                .addAllInput(List.of(inputs))
                .addOutput(result)
                .addAllAttribute(attributes));
        return result;
    }

    /** {@code (x − mean) · (1 / deviation)}, without the steps that would change nothing. */
    private void scale(Shape input, InputScaling scaling) {
        List<Integer> perChannel = input.isImage() ? List.of(1, input.channels(), 1, 1) : List.of(1, input.channels());
        float[] mean = new float[input.channels()];
        float[] factor = new float[input.channels()];
        for (int c = 0; c < mean.length; c++) {
            mean[c] = scaling.mean().get(c).floatValue();
            factor[c] = (float) (1 / scaling.deviation().get(c));
        }
        if (!allAre(0, mean)) {
            scaleStep("Sub", "input/mean", new Tensor(perChannel, mean), "input/centred");
        }
        if (!allAre(1, factor)) {
            scaleStep("Mul", "input/factor", new Tensor(perChannel, factor), "input/scaled");
        }
    }

    private void scaleStep(String operator, String name, Tensor operand, String result) {
        initializer(floats(name, operand));
        scaledInput = node(operator, result, List.of(scaledInput, name), List.of());
    }

    private static boolean allAre(float expected, float[] values) {
        return IntStream.range(0, values.length).allMatch(i -> values[i] == expected);
    }

    /** Adds a node with one output, whose name is the node's too. */
    String node(String operator, String name, List<String> inputs, List<AttributeProto> attributes) {
        graph.addNode(NodeProto.newBuilder()
                .setName(name)
                .setOpType(operator)
                .addAllInput(inputs)
                .addOutput(name)
                .addAllAttribute(attributes));
        return name;
    }

    /** Adds a constant. */
    String initializer(TensorProto constant) {
        graph.addInitializer(constant);
        return constant.getName();
    }

    /** The name of the value that a node of the structure gives. */
    private String valueOf(String node) {
        if (node.equals(network.structure().output().name())) {
            return OnnxModel.LOGITS;
        }
        return node.equals(OnnxModel.LOGITS) ? node + "/value" : node;
    }

    private static ValueInfoProto value(String name, Shape shape) {
        TensorShapeProto.Builder sizes = TensorShapeProto.newBuilder()
                .addDim(TensorShapeProto.Dimension.newBuilder().setDimParam(OnnxModel.BATCH));
        shape.sizes()
                .forEach(size ->
                        sizes.addDim(TensorShapeProto.Dimension.newBuilder().setDimValue(size)));
        return ValueInfoProto.newBuilder()
                .setName(name)
                .setType(TypeProto.newBuilder()
                        .setTensorType(TypeProto.Tensor.newBuilder()
                                .setElemType(TensorProto.DataType.FLOAT_VALUE)
                                .setShape(sizes)))
                .build();
    }

    static TensorProto floats(String name, Tensor tensor) {
        ByteBuffer bytes =
                ByteBuffer.allocate(tensor.values().length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(tensor.values());
        TensorProto.Builder proto = TensorProto.newBuilder()
                .setName(name)
                .setDataType(TensorProto.DataType.FLOAT_VALUE)
                .setRawData(ByteString.copyFrom(bytes));
        tensor.sizes().forEach(proto::addDims);
        return proto.build();
    }

    static AttributeProto integer(String name, long value) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeProto.AttributeType.INT)
                .setI(value)
                .build();
    }

    static AttributeProto integers(String name, long... values) {
        AttributeProto.Builder attribute =
                AttributeProto.newBuilder().setName(name).setType(AttributeProto.AttributeType.INTS);
        for (long value : values) {
            attribute.addInts(value);
        }
        return attribute.build();
    }

    private static AttributeProto real(String name, float value) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeProto.AttributeType.FLOAT)
                .setF(value)
                .build();
    }

    private static List<AttributeProto> window(Window window) {
        int vertical = window.paddingHeight();
        int horizontal = window.paddingWidth();
        List<AttributeProto> attributes = new ArrayList<>(List.of(
                integers("kernel_shape", window.kernelHeight(), window.kernelWidth()),
                integers("strides", window.strideHeight(), window.strideWidth()),
                integers("pads", vertical, horizontal, vertical, horizontal)));
        if (window.isDilated()) {
            attributes.add(integers("dilations", window.dilationHeight(), window.dilationWidth()));
        }
        return attributes;
    }

    /** A vector of whole numbers, as indices are. */
    static TensorProto whole(String name, long... values) {
        TensorProto.Builder proto = TensorProto.newBuilder()
                .setName(name)
                .setDataType(TensorProto.DataType.INT64_VALUE)
                .addDims(values.length);
        for (long value : values) {
            proto.addInt64Data(value);
        }
        return proto.build();
    }

    /** Adds one node of the structure. */
    private final class Writer implements Layer.Visitor<Void> {
        private final Node node;
        private final List<String> inputs;

        Writer(Node node) {
            this.node = node;
            this.inputs = new ArrayList<>(node.inputs().stream().map(read::get).toList());
        }

        @Override
        public Void conv(Layer.Conv layer) {
            return weighted(layer.bias()).add("Conv", window(layer.window()));
        }

        @Override
        public Void depthwiseConv(Layer.DepthwiseConv layer) {
            List<AttributeProto> attributes = new ArrayList<>(window(layer.window()));
            attributes.add(integer("group", shapes.get(node.name()).channels()));
            return weighted(layer.bias()).add("Conv", attributes);
        }

        @Override
        public Void dense(Layer.Dense layer) {
            return weighted(layer.bias()).add("Gemm", List.of(integer("transB", 1)));
        }

        @Override
        public Void batchNorm(Layer.BatchNorm layer) {
            return parameter("scale")
                    .parameter("shift")
                    .parameter("mean")
                    .parameter("variance")
                    .add("BatchNormalization", List.of(real("epsilon", (float) layer.epsilon())));
        }

        @Override
        public Void activate(Layer.Activate layer) {
            return switch (layer.function()) {
                case RELU -> add("Relu", List.of());
                case RELU6 -> constant("least", 0).constant("greatest", 6).add("Clip", List.of());
                case TANH -> add("Tanh", List.of());
                case SIGMOID -> add("Sigmoid", List.of());
            };
        }

        @Override
        public Void pool(Layer.Pool layer) {
            return add(layer.kind() == Layer.Pool.Kind.MAX ? "MaxPool" : "AveragePool", window(layer.window()));
        }

        @Override
        public Void globalAveragePool(Layer.GlobalAveragePool layer) {
            String pooled = node.name() + "/pooled";
            node("GlobalAveragePool", pooled, inputs, List.of());
            // Rounded before Flatten too, where a runtime looks for it; rounding again changes nothing.
            inputs.set(0, wiring.value(OnnxGraph.this, node.name(), pooled));
            return add("Flatten", List.of());
        }

        @Override
        public Void flatten(Layer.Flatten layer) {
            return add("Flatten", List.of());
        }

        @Override
        public Void add(Layer.Add layer) {
            return add(inputs.size() == 2 ? "Add" : "Sum", List.of());
        }

        @Override
        public Void groupedConv(Layer.GroupedConv layer) {
            List<AttributeProto> attributes = new ArrayList<>(window(layer.window()));
            attributes.add(integer("group", layer.groups()));
            return weighted(layer.bias()).add("Conv", attributes);
        }

        @Override
        public Void concat(Layer.Concat layer) {
            return add("Concat", List.of(integer("axis", 1)));
        }

        @Override
        public Void gate(Layer.Gate layer) {
            if (!shapes.get(node.inputs().get(1)).isImage()) {
                List<String> operands = List.of(inputs.get(1), constants("axes", 2, 3));
                inputs.set(1, node("Unsqueeze", node.parameter("gates"), operands, List.of()));
            }
            return add("Mul", List.of());
        }

        @Override
        public Void slice(Layer.Slice layer) {
            inputs.add(constants("starts", layer.first()));
            inputs.add(constants("ends", layer.first() + layer.channels()));
            inputs.add(constants("axes", 1));
            return add("Slice", List.of());
        }

        @Override
        public Void channelShuffle(Layer.ChannelShuffle layer) {
            return gather(channel -> layer.source(channel, channels()));
        }

        @Override
        public Void channelShift(Layer.ChannelShift layer) {
            return gather(channel -> layer.source(channel, channels()));
        }

        private Void gather(IntUnaryOperator source) {
            long[] sources =
                    IntStream.range(0, channels()).map(source).asLongStream().toArray();
            inputs.add(constants("sources", sources));
            return add("Gather", List.of(integer("axis", 1)));
        }

        /** Without multiplications. */
        @Override
        public Void shift(Layer.Shift layer) {
            List<String> cuts = ShiftCuts.of(OnnxGraph.this, node, layer, inputs.get(0), shapes.get(node.name()));
            inputs.clear();
            inputs.addAll(cuts);
            return add("Concat", List.of(integer("axis", 1)));
        }

        /** A depthwise convolution whose kernels hold the weights of the interpolation. */
        @Override
        public Void activeShift(Layer.ActiveShift layer) {
            InterpolationKernel kernel = InterpolationKernel.of(
                    layer, network.parameter(node.parameter("displacement")), shapes.get(node.name()));
            inputs.add(initializer(floats(node.parameter("weight"), kernel.weight())));
            List<AttributeProto> attributes = List.of(
                    integer("group", channels()),
                    integers("kernel_shape", kernel.height(), kernel.width()),
                    integers("pads", kernel.top(), kernel.left(), kernel.bottom(), kernel.right()));
            return add("Conv", attributes);
        }

        private int channels() {
            return shapes.get(node.name()).channels();
        }

        private String constants(String name, long... values) {
            return initializer(whole(node.parameter(name), values));
        }

        private Writer weighted(Layer.Bias bias) {
            parameter("weight");
            return bias == Layer.Bias.PER_CHANNEL ? parameter("bias") : this;
        }

        private Writer parameter(String name) {
            inputs.add(wiring.parameter(OnnxGraph.this, node, name, network.parameter(node.parameter(name))));
            return this;
        }

        private Writer constant(String name, float value) {
            return operand(node.parameter(name), new Tensor(List.of(), new float[] {value}));
        }

        private Writer operand(String name, Tensor value) {
            inputs.add(initializer(floats(name, value)));
            return this;
        }

        private Void add(String operator, List<AttributeProto> attributes) {
            graph.addNode(NodeProto.newBuilder()
                    .setName(node.name())
                    .setOpType(operator)
                    .addAllInput(inputs)
                    .addOutput(valueOf(node.name()))
                    .addAllAttribute(attributes));
            return null;
        }
    }
}
