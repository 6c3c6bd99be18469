package io.retort.engine.onnx.run;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.SparseTensorProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.Message;
import io.retort.storage.ArtifactException;
import java.nio.ByteOrder;
import java.nio.LongBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/**
 * Refuses tensors that claim more values than the file has, and nodes that make a huge tensor of a few bytes: such a
 * file would take the machine's memory, some of it while it is opened.
 *
 * <p>It looks at sizes that are constants of the file. Who opens files of strangers limits the process's memory as
 * well.
 */
final class TensorSizes {
    /**
     * Of one tensor that no values of the file stand behind; a batch of 128 images of 1024 × 1024 and three channels
     * has as many.
     */
    static final long MAX_MADE_ELEMENTS = 1L << 28;

    /** By the number of the type in onnx.proto; 0 for texts, whose bytes differ. */
    private static final int[] BITS = {
        0, 32, 8, 8, 16, 16, 32, 64, 0, 8, 16, 64, 32, 64, 64, 128, 16, 8, 8, 8, 8, 4, 4, 4, 8, 2, 2
    };

    private final Map<String, long[]> constants = new HashMap<>();

    private TensorSizes() {}

    /** Looks at the whole of a model. */
    static void requireHonest(Message model) {
        TensorSizes sizes = new TensorSizes();
        OnnxFile.visit(model, sizes::learn);
        OnnxFile.visit(model, sizes::check);
    }

    /** The bytes that a tensor's values take; they may be elsewhere. */
    static long bytes(TensorProto tensor) {
        int type = tensor.getDataType();
        if (type < 1 || type >= BITS.length) {
            throw new ArtifactException("tensor '" + tensor.getName() + "' has the unknown element type " + type
                    + "; the model is damaged, or newer than this version of Retort");
        }
        return (Math.multiplyExact(elements(tensor), BITS[type]) + 7) / 8;
    }

    private static long elements(TensorProto tensor) {
        return elements("tensor '" + tensor.getName() + "'", tensor.getDimsList());
    }

    private static long elements(String what, List<Long> sizes) {
        long elements = 1;
        for (long size : sizes) {
            if (size < 0 || (size > 0 && elements > (Long.MAX_VALUE >> 8) / size)) {
                throw new ArtifactException(what + " has the sizes " + sizes + "; the model is damaged");
            }
            elements *= size;
        }
        return elements;
    }

    private void learn(Message message) {
        if (message instanceof GraphProto graph) {
            graph.getInitializerList().forEach(tensor -> learn(tensor.getName(), tensor));
        } else if (message instanceof NodeProto node && node.getOpType().equals("Constant")) {
            for (AttributeProto attribute : node.getAttributeList()) {
                if (attribute.hasT()) {
                    learn(node.getOutput(0), attribute.getT());
                } else if (attribute.getName().equals("value_ints")) {
                    constants.put(
                            node.getOutput(0),
                            attribute.getIntsList().stream()
                                    .mapToLong(Long::longValue)
                                    .toArray());
                } else if (attribute.getName().equals("value_int")) {
                    constants.put(node.getOutput(0), new long[] {attribute.getI()});
                }
            }
        }
    }

    /** Shapes and counts are short lists of int64. */
    private void learn(String name, TensorProto tensor) {
        if (tensor.getDataType() != TensorProto.DataType.INT64_VALUE || tensor.getDimsCount() > 1) {
            return;
        }
        if (tensor.getInt64DataCount() > 0) {
            constants.put(
                    name,
                    tensor.getInt64DataList().stream()
                            .mapToLong(Long::longValue)
                            .toArray());
        } else if (tensor.getRawData().size() <= 64 * Long.BYTES) {
            LongBuffer raw = tensor.getRawData()
                    .asReadOnlyByteBuffer()
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .asLongBuffer();
            long[] values = new long[raw.remaining()];
            raw.get(values);
            constants.put(name, values);
        }
    }

    private void check(Message message) {
        if (message instanceof TensorProto tensor) {
            requireValues(tensor);
        } else if (message instanceof SparseTensorProto sparse) {
            requireBounded("a sparse tensor", elements("a sparse tensor", sparse.getDimsList()));
        } else if (message instanceof NodeProto node) {
            requireBounded("node '" + node.getName() + "' (" + node.getOpType() + ")", made(node));
        } else if (message instanceof ValueInfoProto value) {
            List<Long> sizes = value.getType().getTensorType().getShape().getDimList().stream()
                    .map(size -> Math.max(1, size.getDimValue()))
                    .toList();
            requireBounded("value '" + value.getName() + "'", elements("value '" + value.getName() + "'", sizes));
        }
    }

    private static void requireValues(TensorProto tensor) {
        if (OnnxFile.isOutside(tensor)) {
            return; // held against its file
        }
        long bytes = bytes(tensor);
        boolean isText = tensor.getDataType() == TensorProto.DataType.STRING_VALUE;
        boolean agrees;
        if (!tensor.getRawData().isEmpty()) {
            agrees = !isText && tensor.getRawData().size() == bytes;
        } else {
            long values = (long) tensor.getFloatDataCount()
                    + tensor.getInt32DataCount()
                    + tensor.getInt64DataCount()
                    + tensor.getDoubleDataCount()
                    + tensor.getUint64DataCount()
                    + tensor.getStringDataCount();
            agrees = elements(tensor) <= values * 8; // int4 and smaller are packed
        }
        if (!agrees) {
            throw new ArtifactException("tensor '" + tensor.getName() + "' claims the sizes " + tensor.getDimsList()
                    + ", which its values in the file do not fill; the model is damaged or truncated");
        }
    }

    /** The elements of what a node makes, as far as constants tell; 0 where they do not. */
    private long made(NodeProto node) {
        return switch (node.getOpType()) {
            case "ConstantOfShape" -> product(input(node, 0));
            case "Expand", "Tile" -> product(input(node, 1));
            case "Pad" -> LongStream.of(input(node, 1)).map(Math::abs).max().orElse(0);
            case "OneHot" -> product(input(node, 1));
            case "Range" -> range(input(node, 0), input(node, 1), input(node, 2));
            case "Resize", "Upsample" -> product(input(node, 3));
            case "RandomNormal", "RandomUniform" ->
                node.getAttributeList().stream()
                        .filter(attribute -> attribute.getName().equals("shape"))
                        .mapToLong(attribute -> product(attribute.getIntsList().stream()
                                .mapToLong(Long::longValue)
                                .toArray()))
                        .findFirst()
                        .orElse(0);
            default -> 0;
        };
    }

    private long[] input(NodeProto node, int index) {
        return index < node.getInputCount() ? constants.getOrDefault(node.getInput(index), new long[0]) : new long[0];
    }

    private static long range(long[] start, long[] limit, long[] step) {
        boolean known = start.length == 1 && limit.length == 1 && step.length == 1 && step[0] != 0;
        return known ? Math.abs(limit[0] / step[0] - start[0] / step[0]) : 0;
    }

    /** At most {@code Long.MAX_VALUE}; −1 stands for a size that is kept. */
    private static long product(long[] sizes) {
        long product = 1;
        for (long size : sizes) {
            long times = Math.max(1, size);
            product = product > Long.MAX_VALUE / times ? Long.MAX_VALUE : product * times;
        }
        return product;
    }

    private static void requireBounded(String what, long elements) {
        if (elements > MAX_MADE_ELEMENTS) {
            throw new ArtifactException(what + " makes " + (elements == Long.MAX_VALUE ? "more than 2^63" : elements)
                    + " values out of none, at most " + MAX_MADE_ELEMENTS
                    + " are allowed; the file looks like an attack on memory");
        }
    }
}
