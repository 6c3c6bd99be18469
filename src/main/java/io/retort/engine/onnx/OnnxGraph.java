package io.retort.engine.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Writes the graph of a network, node by node; a node's value has its name, so that taps are found by it. */
final class OnnxGraph {
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

        private Writer weighted(Layer.Bias bias) {
            parameter("weight");
            return bias == Layer.Bias.PER_CHANNEL ? parameter("bias") : this;
        }

        private Writer parameter(String name) {
            inputs.add(wiring.parameter(OnnxGraph.this, node, name, network.parameter(node.parameter(name))));
            return this;
        }

        private Writer constant(String name, float value) {
            inputs.add(initializer(floats(node.parameter(name), new Tensor(List.of(), new float[] {value}))));
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
