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
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Writes the graph of a network, node by node; a node's value has its name, so that taps are found by it. */
final class OnnxGraph {
    /** Not a legal node name, so it cannot clash. */
    private static final String TAPS = "TAPS";

    private final Network network;
    private final Map<String, Shape> shapes;
    private final GraphProto.Builder graph = GraphProto.newBuilder().setName("network");
    private String scaledInput = OnnxModel.INPUT;

    private OnnxGraph(Network network) {
        this.network = network;
        this.shapes = network.structure().shapes();
    }

    static GraphProto of(Network network) {
        OnnxGraph writer = new OnnxGraph(network);
        Structure structure = network.structure();
        writer.graph.addInput(value(OnnxModel.INPUT, structure.input()));
        writer.scale(structure.input(), structure.scaling());
        for (Node node : structure.nodes()) {
            node.layer().accept(writer.new Writer(node));
        }
        writer.graph.addOutput(value(OnnxModel.LOGITS, Shape.vector(structure.classes())));
        return writer.graph.build();
    }

    /** What taps give, side by side; nodes that none of them needs are left out. */
    static GraphProto ofTaps(Network network, List<Tap> taps) {
        OnnxGraph writer = new OnnxGraph(network);
        Structure structure = network.structure();
        writer.graph.addInput(value(OnnxModel.INPUT, structure.input()));
        writer.scale(structure.input(), structure.scaling());
        Set<String> needed = taps.stream().map(Tap::node).collect(Collectors.toCollection(HashSet::new));
        List<Node> nodes = new ArrayList<>(structure.nodes());
        Collections.reverse(nodes);
        nodes.stream().filter(node -> needed.contains(node.name())).forEach(node -> needed.addAll(node.inputs()));
        for (Node node : structure.nodes()) {
            if (needed.contains(node.name())) {
                node.layer().accept(writer.new Writer(node));
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
        graph.addInitializer(initializer(name, operand));
        graph.addNode(NodeProto.newBuilder()
                .setName(result)
                .setOpType(operator)
                .addInput(scaledInput)
                .addInput(name)
                .addOutput(result));
        scaledInput = result;
    }

    private static boolean allAre(float expected, float[] values) {
        return IntStream.range(0, values.length).allMatch(i -> values[i] == expected);
    }

    /** The name of the value that a node of the structure gives. */
    private String valueOf(String node) {
        if (node.equals(Structure.INPUT)) {
            return scaledInput;
        }
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

    private static TensorProto initializer(String name, Tensor tensor) {
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

    private static AttributeProto integer(String name, long value) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeProto.AttributeType.INT)
                .setI(value)
                .build();
    }

    private static AttributeProto integers(String name, long... values) {
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
        return List.of(
                integers("kernel_shape", window.kernelHeight(), window.kernelWidth()),
                integers("strides", window.strideHeight(), window.strideWidth()),
                integers("pads", vertical, horizontal, vertical, horizontal));
    }

    /** Adds one node of the structure. */
    private final class Writer implements Layer.Visitor<Void> {
        private final Node node;
        private final List<String> inputs;

        Writer(Node node) {
            this.node = node;
            this.inputs = new ArrayList<>(
                    node.inputs().stream().map(OnnxGraph.this::valueOf).toList());
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
            graph.addNode(NodeProto.newBuilder()
                    .setName(pooled)
                    .setOpType("GlobalAveragePool")
                    .addAllInput(inputs)
                    .addOutput(pooled));
            inputs.set(0, pooled);
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

        private Writer weighted(Layer.Bias bias) {
            parameter("weight");
            return bias == Layer.Bias.PER_CHANNEL ? parameter("bias") : this;
        }

        private Writer parameter(String name) {
            String fullName = node.parameter(name);
            return operand(fullName, network.parameter(fullName));
        }

        private Writer constant(String name, float value) {
            return operand(node.parameter(name), new Tensor(List.of(), new float[] {value}));
        }

        private Writer operand(String name, Tensor value) {
            graph.addInitializer(initializer(name, value));
            inputs.add(name);
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
