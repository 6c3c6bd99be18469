package io.retort.engine.onnx.run;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.retort.network.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.Map;
import java.util.Set;

/**
 * What one call needs outside of the heap. It grows to the largest batch seen; for batches of one size nothing is made
 * anew.
 */
final class OnnxBuffers implements AutoCloseable {
    private final OrtEnvironment environment;
    private final Shape input;
    private final int classes;
    private final OnnxJavaType type;
    private FloatBuffer features = floats(0);
    private LongBuffer ids = longs(0);
    private FloatBuffer logits = floats(0);
    private OnnxTensor featureTensor;
    private OnnxTensor logitTensor;
    private int batch;

    /** @param type of the input: {@code FLOAT}, or {@code INT64} of token ids */
    OnnxBuffers(OrtEnvironment environment, OnnxJavaType type, Shape input, int classes) {
        this.environment = environment;
        this.type = type;
        this.input = input;
        this.classes = classes;
    }

    void run(OrtSession session, String inputName, String outputName, float[] raw, int size, float[] result)
            throws OrtException {
        prepare(size);
        if (type == OnnxJavaType.INT64) {
            ids.clear();
            for (int i = 0; i < size * input.elements(); i++) {
                ids.put((long) raw[i]);
            }
        } else {
            features.clear().put(raw, 0, size * input.elements());
        }
        session.run(Map.of(inputName, featureTensor), Set.of(), Map.of(outputName, logitTensor))
                .close();
        logits.clear().get(result, 0, size * classes);
    }

    private void prepare(int size) throws OrtException {
        if (size == batch) {
            return;
        }
        close();
        int elements = size * input.elements();
        if (logits.capacity() < size * classes) {
            features = floats(type == OnnxJavaType.INT64 ? 0 : elements);
            ids = longs(type == OnnxJavaType.INT64 ? elements : 0);
            logits = floats(size * classes);
        }
        long[] shape = new long[input.sizes().size() + 1];
        shape[0] = size;
        for (int i = 1; i < shape.length; i++) {
            shape[i] = input.sizes().get(i - 1);
        }
        logits.clear().limit(size * classes);
        featureTensor = type == OnnxJavaType.INT64
                ? OnnxTensor.createTensor(environment, ids.clear().limit(elements), shape)
                : OnnxTensor.createTensor(environment, features.clear().limit(elements), shape);
        logitTensor = OnnxTensor.createTensor(environment, logits, new long[] {size, classes});
        batch = size;
    }

    @Override
    public void close() {
        if (batch > 0) {
            batch = 0;
            featureTensor.close();
            logitTensor.close();
        }
    }

    private static LongBuffer longs(int count) {
        return ByteBuffer.allocateDirect(count * Long.BYTES)
                .order(ByteOrder.nativeOrder())
                .asLongBuffer();
    }

    private static FloatBuffer floats(int count) {
        return ByteBuffer.allocateDirect(count * Float.BYTES)
                .order(ByteOrder.nativeOrder())
                .asFloatBuffer();
    }
}
