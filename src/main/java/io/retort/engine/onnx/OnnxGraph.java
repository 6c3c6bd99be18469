package io.retort.engine.onnx;

import static io.retort.engine.onnx.OnnxProtos.initializer;
import static io.retort.engine.onnx.OnnxProtos.integer;
import static io.retort.engine.onnx.OnnxProtos.integers;
import static io.retort.engine.onnx.OnnxProtos.real;
import static io.retort.engine.onnx.OnnxProtos.value;
import static io.retort.engine.onnx.OnnxProtos.window;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import io.retort.network.InputScaling;
import io.retort.network.Layer;
import io.retort.network.Network;
import io.retort.network.Node;
import io.retort.network.Shape;
import io.retort.network.Structure;
import io.retort.network.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;

/** Writes the graph of a network, node by node; a node's value has its name, so that taps are found by it. */
final class OnnxGraph {
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
            inputs.set(0, step("pooled", "GlobalAveragePool", inputs));
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
                inputs.set(1, step("gates", "Unsqueeze", List.of(inputs.get(1), numbers("axes", 2, 3))));
            }
            return add("Mul", List.of());
        }

        @Override
        public Void slice(Layer.Slice layer) {
            inputs.add(numbers("starts", layer.first()));
            inputs.add(numbers("ends", layer.first() + layer.channels()));
            inputs.add(numbers("axes", 1));
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
            inputs.add(numbers(
                    "sources", IntStream.range(0, channels()).map(source).asLongStream().toArray()));
            return add("Gather", List.of(integer("axis", 1)));
        }

        /** Without multiplications: the image with a margin of zeros, of which each part of the channels takes another cut. */
        @Override
        public Void shift(Layer.Shift layer) {
            int half = layer.kernel() / 2;
            Shape shape = shapes.get(node.name());
            String padded = step(
                    "padded", "Pad", List.of(inputs.get(0), numbers("pads", 0, 0, half, half, 0, 0, half, half)));
            String axes = numbers("axes", 1, 2, 3);
            inputs.clear();
            for (int first = 0, next; first < channels(); first = next) {
                Layer.Shift.Offset offset = layer.offset(first, channels());
                for (next = first + 1; next < channels() && layer.offset(next, channels()).equals(offset); ) {
                    next++;
                }
                int row = half + offset.down();
                int column = half + offset.right();
                String part = "part" + inputs.size();
                String starts = numbers(part + ".starts", first, row, column);
                String ends = numbers(part + ".ends", next, row + shape.height(), column + shape.width());
                inputs.add(step(part, "Slice", List.of(padded, starts, ends, axes)));
            }
            return add("Concat", List.of(integer("axis", 1)));
        }

        /** A depthwise convolution whose kernels hold the weights of the interpolation. */
        @Override
        public Void activeShift(Layer.ActiveShift layer) {
            InterpolationKernel kernel = InterpolationKernel.of(
                    layer, network.parameter(node.parameter("displacement")), shapes.get(node.name()));
            return operand(node.parameter("weight"), kernel.weight())
                    .add(
                            "Conv",
                            List.of(
                                    integer("group", channels()),
                                    integers("kernel_shape", kernel.height(), kernel.width()),
                                    integers("pads", kernel.top(), kernel.left(), kernel.bottom(), kernel.right())));
        }

        private int channels() {
            return shapes.get(node.name()).channels();
        }

        /** Adds an operator within the node and gives the name of its value. */
        private String step(String name, String operator, List<String> operands) {
            String result = node.name() + "/" + name;
            graph.addNode(NodeProto.newBuilder()
                    .setName(result)
                    .setOpType(operator)
                    .addAllInput(operands)
                    .addOutput(result));
            return result;
        }

        /** Adds a constant vector and gives its name. */
        private String numbers(String name, long... values) {
            graph.addInitializer(initializer(node.parameter(name), values));
            return node.parameter(name);
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
