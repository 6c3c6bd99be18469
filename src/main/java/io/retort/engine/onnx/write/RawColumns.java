package io.retort.engine.onnx.write;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import com.google.protobuf.ByteString;
import io.retort.engine.onnx.run.OnnxFile;
import io.retort.network.Shape;
import io.retort.network.TableEncoding;
import io.retort.network.TableEncoding.Category;
import io.retort.network.TableEncoding.Numeric;
import io.retort.network.Tensor;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Puts a {@link TableEncoding} in front of a network's graph, so that a caller feeds the columns as they are: for each
 * of them an input {@code [batch, 1]} of its name, float32 of a number (not-a-number where it is missing) and a string
 * of a category.
 *
 * <p>Dictionaries are {@code ai.onnx.ml} LabelEncoders. An input whose name the graph has for something else is called
 * {@code column/} and that name.
 */
public final class RawColumns {
    private static final String PREFIX = "columns/";
    private static final String ML_DOMAIN = "ai.onnx.ml";
    /** That of opset 17. */
    private static final int ML_OPSET = 3;

    private final TableEncoding table;
    private final OnnxGraph graph = new OnnxGraph();
    private final List<String> elements = new ArrayList<>();

    private RawColumns(TableEncoding table) {
        this.table = table;
    }

    /** A model of ours that takes columns instead of the elements of its input. */
    public static byte[] before(byte[] model, TableEncoding table) {
        ModelProto parsed = OnnxFile.parsed(model);
        GraphProto network = parsed.getGraph();
        Set<String> taken = new HashSet<>();
        network.getNodeList().forEach(node -> taken.addAll(node.getOutputList()));
        network.getInitializerList().forEach(constant -> taken.add(constant.getName()));
        network.getInputList().forEach(input -> taken.add(input.getName()));
        RawColumns columns = new RawColumns(table);
        columns.write(taken);
        GraphProto front = columns.graph.build();
        GraphProto.Builder whole = network.toBuilder()
                .clearInput()
                .addAllInput(front.getInputList())
                .clearNode()
                .addAllNode(front.getNodeList())
                .addAllNode(network.getNodeList())
                .addAllInitializer(front.getInitializerList());
        return parsed.toBuilder()
                .addOpsetImport(
                        OperatorSetIdProto.newBuilder().setDomain(ML_DOMAIN).setVersion(ML_OPSET))
                .setGraph(whole)
                .build()
                .toByteArray();
    }

    /** The model that {@link #before} was given. */
    public static byte[] without(byte[] model, TableEncoding table) {
        ModelProto parsed = OnnxFile.parsed(model);
        GraphProto whole = parsed.getGraph();
        GraphProto.Builder network = whole.toBuilder()
                .clearInput()
                .addInput(OnnxProtos.value(OnnxModel.INPUT, Shape.vector(table.width())))
                .clearNode()
                .clearInitializer();
        whole.getNodeList().stream().filter(node -> !isFront(node)).forEach(network::addNode);
        whole.getInitializerList().stream()
                .filter(constant -> !constant.getName().startsWith(PREFIX))
                .forEach(network::addInitializer);
        ModelProto.Builder alone = parsed.toBuilder().clearOpsetImport().setGraph(network);
        parsed.getOpsetImportList().stream()
                .filter(operators -> !operators.getDomain().equals(ML_DOMAIN))
                .forEach(alone::addOpsetImport);
        return alone.build().toByteArray();
    }

    private static boolean isFront(NodeProto node) {
        String output = node.getOutput(0);
        return output.startsWith(PREFIX) || output.equals(OnnxModel.INPUT);
    }

    private void write(Set<String> taken) {
        List<String> numbers = new ArrayList<>();
        for (Numeric column : table.numbers()) {
            numbers.add(graph.input(input(column.name(), taken), Shape.vector(1)));
        }
        if (!numbers.isEmpty()) {
            addNumbers(numbers);
        }
        for (int c = 0; c < table.categories().size(); c++) {
            Category column = table.categories().get(c);
            addCategory(PREFIX + c + "/", graph.texts(input(column.name(), taken), Shape.vector(1)), column);
        }
        graph.node("Concat", OnnxModel.INPUT, elements, List.of(OnnxProtos.integer("axis", 1)));
    }

    private static String input(String column, Set<String> taken) {
        return taken.contains(column) || column.startsWith(PREFIX) ? "column/" + column : column;
    }

    private void addNumbers(List<String> inputs) {
        List<AttributeProto> axis = List.of(OnnxProtos.integer("axis", 1));
        String numbers = graph.node("Concat", PREFIX + "numbers", inputs, axis);
        float[] means = new float[inputs.size()];
        for (int i = 0; i < means.length; i++) {
            means[i] = (float) table.numbers().get(i).mean();
        }
        String fill =
                graph.initializer(OnnxProtos.floats(PREFIX + "means", new Tensor(List.of(1, means.length), means)));
        String missing = graph.node("IsNaN", PREFIX + "missing", List.of(numbers), List.of());
        elements.add(graph.node("Where", PREFIX + "filled", List.of(missing, fill, numbers), List.of()));
        List<Integer> places = table.indicators();
        if (!places.isEmpty()) {
            String all =
                    graph.node("Cast", PREFIX + "missing-numbers", List.of(missing), List.of(OnnxProtos.castToFloat()));
            String wanted = graph.initializer(OnnxProtos.whole(
                    PREFIX + "places",
                    places.stream().mapToLong(Integer::longValue).toArray()));
            elements.add(graph.node("Gather", PREFIX + "indicators", List.of(all, wanted), axis));
        }
    }

    /** Its value's place in the dictionary, counted from 1, or 0, one-hot. */
    private void addCategory(String prefix, String input, Category column) {
        String place = graph.mlNode(
                "LabelEncoder",
                prefix + "place",
                input,
                List.of(
                        texts("keys_strings", column.values()),
                        places("values_int64s", column.values().size()),
                        OnnxProtos.integer("default_int64", TableEncoding.UNKNOWN)));
        String depth = graph.initializer(
                OnnxProtos.whole(prefix + "depth", 1 + column.values().size()));
        String values =
                graph.initializer(OnnxProtos.floats(prefix + "off-on", new Tensor(List.of(2), new float[] {0, 1})));
        String hot = graph.node("OneHot", prefix + "one-hot", List.of(place, depth, values), List.of());
        String axes = graph.initializer(OnnxProtos.whole(prefix + "axes", 1));
        elements.add(graph.node("Squeeze", prefix + "elements", List.of(hot, axes), List.of()));
    }

    private static AttributeProto texts(String name, List<String> values) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeProto.AttributeType.STRINGS)
                .addAllStrings(values.stream().map(ByteString::copyFromUtf8).toList())
                .build();
    }

    /** 1, 2 and so on. */
    private static AttributeProto places(String name, int count) {
        long[] places = new long[count];
        for (int i = 0; i < count; i++) {
            places[i] = i + 1L;
        }
        return OnnxProtos.integers(name, places);
    }
}
