package io.retort.engine.onnx.write;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import io.retort.network.Half;
import io.retort.network.Shape;
import io.retort.network.Tensor;
import io.retort.network.Window;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The parts that a graph is made of: declarations of values, attributes, constants. */
final class OnnxProtos {
    private OnnxProtos() {}

    /** A float32 value {@code [batch, ...]}, whose batch is open. */
    static ValueInfoProto value(String name, Shape shape) {
        return value(name, shape, DataType.FLOAT_VALUE);
    }

    /** A value {@code [batch, ...]}, whose batch is open. */
    static ValueInfoProto value(String name, Shape shape, int type) {
        return value(name, shape.sizes(), type);
    }

    /** A value {@code [batch, ...]}, whose batch is open, of these sizes of a row. */
    static ValueInfoProto value(String name, List<Integer> rowSizes, int type) {
        TensorShapeProto.Builder sizes = TensorShapeProto.newBuilder()
                .addDim(TensorShapeProto.Dimension.newBuilder().setDimParam(OnnxModel.BATCH));
        rowSizes.forEach(
                size -> sizes.addDim(TensorShapeProto.Dimension.newBuilder().setDimValue(size)));
        return ValueInfoProto.newBuilder()
                .setName(name)
                .setType(TypeProto.newBuilder()
                        .setTensorType(
                                TypeProto.Tensor.newBuilder().setElemType(type).setShape(sizes)))
                .build();
    }

    /** A graph whose nodes read and give values of other names, where these have some. */
    static GraphProto.Builder renamed(GraphProto graph, Map<String, String> names) {
        GraphProto.Builder whole = graph.toBuilder().clearNode();
        for (NodeProto node : graph.getNodeList()) {
            NodeProto.Builder renamed = node.toBuilder();
            renamed.clearInput().clearOutput();
            node.getInputList().forEach(input -> renamed.addInput(names.getOrDefault(input, input)));
            node.getOutputList().forEach(output -> renamed.addOutput(names.getOrDefault(output, output)));
            whole.addNode(renamed);
        }
        for (int i = 0; i < graph.getOutputCount(); i++) {
            String name = graph.getOutput(i).getName();
            whole.getOutputBuilder(i).setName(names.getOrDefault(name, name));
        }
        return whole;
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

    static AttributeProto real(String name, float value) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeProto.AttributeType.FLOAT)
                .setF(value)
                .build();
    }

    /** The attributes of the window of a convolution or a pool. */
    static List<AttributeProto> window(Window window) {
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

    /** A float32 constant. */
    static TensorProto floats(String name, Tensor tensor) {
        ByteBuffer bytes = littleEndian(tensor.values().length * Float.BYTES);
        bytes.asFloatBuffer().put(tensor.values());
        return raw(name, tensor.sizes(), DataType.FLOAT_VALUE, ByteString.copyFrom(bytes));
    }

    /** A float16 constant. */
    static TensorProto halves(String name, Tensor tensor) {
        ByteBuffer bytes = littleEndian(tensor.values().length * Short.BYTES);
        for (float value : tensor.values()) {
            bytes.putShort(Half.of(value));
        }
        return raw(name, tensor.sizes(), DataType.FLOAT16_VALUE, ByteString.copyFrom(bytes.flip()));
    }

    /** The attribute of a Cast to float32. */
    static AttributeProto castToFloat() {
        return integer("to", DataType.FLOAT_VALUE);
    }

    /** One float32 number, without sizes. */
    static TensorProto number(String name, float value) {
        return floats(name, new Tensor(List.of(), new float[] {value}));
    }

    /** A vector of whole numbers, as indices are. */
    static TensorProto whole(String name, long... values) {
        TensorProto.Builder proto = TensorProto.newBuilder()
                .setName(name)
                .setDataType(DataType.INT64_VALUE)
                .addDims(values.length);
        for (long value : values) {
            proto.addInt64Data(value);
        }
        return proto.build();
    }

    /** An int32 constant. */
    static TensorProto ints(String name, List<Integer> sizes, int[] values) {
        ByteBuffer bytes = littleEndian(values.length * Integer.BYTES);
        bytes.asIntBuffer().put(values);
        return raw(name, sizes, DataType.INT32_VALUE, ByteString.copyFrom(bytes));
    }

    /** An int8 constant. */
    static TensorProto bytes(String name, List<Integer> sizes, byte[] values) {
        return raw(name, sizes, DataType.INT8_VALUE, ByteString.copyFrom(values));
    }

    /** One uint8 number, whose bits a byte holds, without sizes. */
    static TensorProto unsignedByte(String name, byte value) {
        return raw(name, List.of(), DataType.UINT8_VALUE, ByteString.copyFrom(new byte[] {value}));
    }

    private static ByteBuffer littleEndian(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static TensorProto raw(String name, List<Integer> sizes, int type, ByteString values) {
        TensorProto.Builder tensor =
                TensorProto.newBuilder().setName(name).setDataType(type).setRawData(values);
        sizes.forEach(tensor::addDims);
        return tensor.build();
    }
}
