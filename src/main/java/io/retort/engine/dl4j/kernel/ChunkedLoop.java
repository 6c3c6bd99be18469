package io.retort.engine.dl4j.kernel;

import java.nio.FloatBuffer;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Runs kernels of single values over arrays, some kilobytes at a time ({@link Floats}), for one thread at a time. */
public final class ChunkedLoop {
    private static final int BLOCK = 2048;

    private final float[] x = new float[BLOCK];
    private final float[] g = new float[BLOCK];

    /** Replaces the first {@code count} values. */
    @FunctionalInterface
    public interface Forward {
        void apply(float[] x, int count);
    }

    /** Replaces the first {@code count} gradients by the output by those by the input x. */
    @FunctionalInterface
    public interface Backward {
        void gate(float[] x, float[] g, int count);
    }

    /** Both arrays are contiguous and equally long. */
    public void forward(INDArray in, INDArray out, Forward kernel) {
        FloatBuffer from = Floats.of(in);
        FloatBuffer to = Floats.of(out);
        for (int i = 0; i < from.limit(); i += BLOCK) {
            int count = Math.min(BLOCK, from.limit() - i);
            from.get(i, x, 0, count);
            kernel.apply(x, count);
            to.put(i, x, 0, count);
        }
    }

    /** All three arrays are contiguous and equally long. */
    public void backward(INDArray in, INDArray outGradient, INDArray inGradient, Backward kernel) {
        FloatBuffer inputs = Floats.of(in);
        FloatBuffer from = Floats.of(outGradient);
        FloatBuffer to = Floats.of(inGradient);
        for (int i = 0; i < from.limit(); i += BLOCK) {
            int count = Math.min(BLOCK, from.limit() - i);
            inputs.get(i, x, 0, count);
            from.get(i, g, 0, count);
            kernel.gate(x, g, count);
            to.put(i, g, 0, count);
        }
    }
}
