package io.retort.engine.dl4j.kernel;

import java.nio.FloatBuffer;
import org.bytedeco.javacpp.FloatPointer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.shape.Shape;

/**
 * Access to the off-heap memory of ND4J arrays.
 *
 * <p>Kernels copy some kilobytes to a heap array, compute there, and copy back: HotSpot turns a loop over heap arrays
 * into vector instructions, but not one over a buffer, and the copies stay in the first-level cache.
 */
public final class Floats {
    private Floats() {}

    /** The same values, row-major without gaps; the array itself where it is so already. */
    public static INDArray contiguous(INDArray array) {
        return array.ordering() == 'c' && Shape.hasDefaultStridesForShape(array) ? array : array.dup('c');
    }

    /** The elements of a contiguous array. Valid as long as the array's memory is, so the caller keeps the array. */
    public static FloatBuffer of(INDArray contiguous) {
        FloatPointer pointer = new FloatPointer(contiguous.data().addressPointer());
        return pointer.capacity(contiguous.length()).asBuffer();
    }

    /** A copy of the elements of a contiguous array. */
    public static float[] values(INDArray contiguous) {
        float[] values = new float[Math.toIntExact(contiguous.length())];
        of(contiguous).get(0, values);
        return values;
    }

    /** Transposes each image of a batch, a matrix of {@code rows} by {@code columns}. Both arrays are contiguous. */
    public static void transpose(INDArray in, INDArray out, int rows, int columns) {
        FloatBuffer from = of(in);
        FloatBuffer to = of(out);
        float[] image = new float[rows * columns];
        float[] transposed = new float[image.length];
        for (int position = 0; position < from.limit(); position += image.length) {
            from.get(position, image);
            for (int r = 0; r < rows; r++) {
                for (int c = 0; c < columns; c++) {
                    transposed[c * rows + r] = image[r * columns + c];
                }
            }
            to.put(position, transposed);
        }
    }

    /**
     * Runs kernels of single values over arrays, some kilobytes at a time ({@link Floats}), for one thread at a time.
     */
    public static final class ChunkedLoop {
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
}
