package io.retort.engine.dl4j.kernel;

import java.nio.FloatBuffer;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Shifts the images of a batch {@code [batch, H, W, channels]}, one at a time on the heap. Arrays are contiguous. */
public final class ShiftedImages {
    private final ShiftKernel kernel;
    private final float[] from;
    private final float[] to;

    private ShiftedImages(ShiftKernel kernel, int elements) {
        this.kernel = kernel;
        from = new float[elements];
        to = new float[elements];
    }

    /** For images of the shape of {@code images}; displacements are {@code [channels, 2]}. */
    public static ShiftedImages of(INDArray images, float[] displacements) {
        ShiftKernel kernel =
                new ShiftKernel((int) images.size(1), (int) images.size(2), (int) images.size(3), displacements);
        return new ShiftedImages(kernel, Math.toIntExact(images.length() / images.size(0)));
    }

    public void forward(INDArray in, INDArray out) {
        FloatBuffer images = Floats.of(in);
        FloatBuffer shifted = Floats.of(out);
        for (int n = 0; n < images.limit(); n += from.length) {
            images.get(n, from);
            kernel.forward(from, to);
            shifted.put(n, to);
        }
    }

    public void backward(INDArray outGradient, INDArray inGradient) {
        FloatBuffer gradients = Floats.of(outGradient);
        FloatBuffer results = Floats.of(inGradient);
        for (int n = 0; n < gradients.limit(); n += from.length) {
            gradients.get(n, from);
            kernel.backward(from, to);
            results.put(n, to);
        }
    }

    /** {@code [channels, 2]}. */
    public double[] displacementGradient(INDArray in, INDArray outGradient) {
        FloatBuffer images = Floats.of(in);
        FloatBuffer gradients = Floats.of(outGradient);
        double[] sums = new double[2 * Math.toIntExact(in.size(3))];
        for (int n = 0; n < images.limit(); n += from.length) {
            images.get(n, from);
            gradients.get(n, to);
            kernel.addDisplacementGradient(from, to, sums);
        }
        return sums;
    }
}
