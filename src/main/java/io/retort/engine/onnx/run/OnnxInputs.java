package io.retort.engine.onnx.run;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import io.retort.predict.BatchTensor;
import io.retort.predict.ElementType;
import io.retort.predict.Predictor.Inputs;
import io.retort.predict.Predictor.TensorSpec;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The native memory that one call needs for its inputs. It grows to the largest batch seen. */
final class OnnxInputs {
    private static final Map<ElementType, OnnxJavaType> TYPES = Map.of(
            ElementType.FLOAT32, OnnxJavaType.FLOAT,
            ElementType.FLOAT16, OnnxJavaType.FLOAT16,
            ElementType.FLOAT64, OnnxJavaType.DOUBLE,
            ElementType.UINT8, OnnxJavaType.UINT8,
            ElementType.INT8, OnnxJavaType.INT8,
            ElementType.INT32, OnnxJavaType.INT32,
            ElementType.INT64, OnnxJavaType.INT64);

    private final List<TensorSpec> specs;
    private final Map<String, ByteBuffer> memory = new HashMap<>();

    OnnxInputs(List<TensorSpec> specs) {
        this.specs = specs;
    }

    /**
     * Tensors over this memory, to be closed by the caller.
     *
     * @param size rows of the tensors; those after {@code rows} are copies of the last
     */
    Map<String, OnnxTensor> tensors(Inputs batch, int from, int rows, int size) throws OrtException {
        Map<String, OnnxTensor> tensors = new HashMap<>();
        for (TensorSpec spec : specs) {
            BatchTensor given = batch.tensors().get(spec.name());
            long[] sizes = new long[given.rowSizes().size() + 1];
            sizes[0] = size;
            for (int i = 1; i < sizes.length; i++) {
                sizes[i] = given.rowSizes().get(i - 1);
            }
            if (spec.type() == ElementType.STRING) {
                tensors.put(spec.name(), texts(given, from, rows, sizes));
                continue;
            }
            ByteBuffer bytes = memory(spec, given.rowElements() * given.type().bytes() * size);
            bytes.put(given.bytes(from, rows));
            for (int row = rows; row < size; row++) {
                bytes.put(given.bytes(from + rows - 1, 1));
            }
            tensors.put(
                    spec.name(),
                    OnnxTensor.createTensor(OnnxRuntime.environment(), bytes.flip(), sizes, TYPES.get(spec.type())));
        }
        return tensors;
    }

    private static OnnxTensor texts(BatchTensor given, int from, int rows, long[] sizes) throws OrtException {
        String[] texts = Arrays.copyOf(given.texts(from, rows), Math.toIntExact(sizes[0]) * given.rowElements());
        for (int at = rows * given.rowElements(); at < texts.length; at++) {
            texts[at] = texts[at - given.rowElements()];
        }
        return OnnxTensor.createTensor(OnnxRuntime.environment(), texts, sizes);
    }

    private ByteBuffer memory(TensorSpec spec, int bytes) {
        ByteBuffer buffer = memory.get(spec.name());
        if (buffer == null || buffer.capacity() < bytes) {
            buffer = ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
            memory.put(spec.name(), buffer);
        }
        return buffer.clear();
    }

    /** All values of a tensor as floats. */
    static float[] floats(OnnxTensor tensor, ElementType type) {
        return switch (type) {
            case FLOAT32, FLOAT16 -> {
                FloatBuffer values = tensor.getFloatBuffer();
                float[] floats = array(values);
                values.get(floats);
                yield floats;
            }
            case FLOAT64 -> {
                DoubleBuffer values = tensor.getDoubleBuffer();
                float[] floats = array(values);
                for (int i = 0; i < floats.length; i++) {
                    floats[i] = (float) values.get(i);
                }
                yield floats;
            }
            case UINT8, INT8 -> {
                ByteBuffer values = tensor.getByteBuffer();
                float[] floats = array(values);
                for (int i = 0; i < floats.length; i++) {
                    floats[i] = type == ElementType.UINT8 ? values.get(i) & 0xFF : values.get(i);
                }
                yield floats;
            }
            case INT32 -> {
                IntBuffer values = tensor.getIntBuffer();
                float[] floats = array(values);
                for (int i = 0; i < floats.length; i++) {
                    floats[i] = values.get(i);
                }
                yield floats;
            }
            case INT64 -> {
                LongBuffer values = tensor.getLongBuffer();
                float[] floats = array(values);
                for (int i = 0; i < floats.length; i++) {
                    floats[i] = values.get(i);
                }
                yield floats;
            }
            case STRING -> throw new IllegalArgumentException("a tensor of texts has no numbers");
        };
    }

    private static float[] array(Buffer values) {
        return new float[values.remaining()];
    }
}
