package io.retort.engine.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.retort.network.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Map;
import java.util.Set;

/** What one call needs outside of the heap. It grows to the largest batch seen; for batches of one size nothing is made anew. */
final class OnnxBuffers implements AutoCloseable {
    private final OrtEnvironment environment;
    private final Shape input;
    private final int classes;
    private FloatBuffer features = floats(0);
    private FloatBuffer logits = floats(0);
    private OnnxTensor featureTensor;
    private OnnxTensor logitTensor;
    private int batch;

    OnnxBuffers(OrtEnvironment environment, Shape input, int classes) {
        this.environment = environment;
        this.input = input;
        this.classes = classes;
    }

    void run(OrtSession session, String inputName, String outputName, float[] raw, int size, float[] result)
            throws OrtException {
        prepare(size);
        features.clear().put(raw, 0, size * input.elements());
        session.run(Map.of(inputName, featureTensor), Set.of(), Map.of(outputName, logitTensor))
                .close();
        logits.clear().get(result, 0, size * classes);
    }

    private void prepare(int size) throws OrtException {
        if (size == batch) {
            return;
        }
        close();
        if (features.capacity() < size * input.elements()) {
            features = floats(size * input.elements());
            logits = floats(size * classes);
        }
        long[] shape = new long[input.sizes().size() + 1];
        shape[0] = size;
        for (int i = 1; i < shape.length; i++) {
            shape[i] = input.sizes().get(i - 1);
        }
        features.clear().limit(size * input.elements());
        logits.clear().limit(size * classes);
        featureTensor = OnnxTensor.createTensor(environment, features, shape);
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

    private static FloatBuffer floats(int count) {
        return ByteBuffer.allocateDirect(count * Float.BYTES)
                .order(ByteOrder.nativeOrder())
                .asFloatBuffer();
    }
}
