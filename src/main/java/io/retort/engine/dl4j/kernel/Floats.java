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
}
