package io.retort.engine.dl4j.kernel;

import java.nio.FloatBuffer;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Transposes the images of a batch. */
public final class LayoutKernel {
    private LayoutKernel() {}

    /** Reads each image as a matrix of {@code rows} by {@code columns} and writes its transpose. Both arrays are contiguous. */
    public static void transpose(INDArray in, INDArray out, int rows, int columns) {
        FloatBuffer from = Floats.of(in);
        FloatBuffer to = Floats.of(out);
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
