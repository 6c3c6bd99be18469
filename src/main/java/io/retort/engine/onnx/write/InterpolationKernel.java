package io.retort.engine.onnx.write;

import io.retort.network.MovingLayer.ActiveShift;
import io.retort.network.Shape;
import io.retort.network.Tensor;
import java.util.List;

/**
 * An active shift as a depthwise convolution: each channel's kernel holds the four weights of its bilinear
 * interpolation, all others are 0.
 *
 * @param weight {@code [channels, 1, height, width]}, as large as the farthest displacements need
 * @param top rows of zeros above the image; so are the others
 */
record InterpolationKernel(Tensor weight, int top, int left, int bottom, int right) {
    static InterpolationKernel of(ActiveShift shift, Tensor displacements, Shape shape) {
        int channels = shape.channels();
        double[] down = new double[channels];
        double[] right = new double[channels];
        for (int c = 0; c < channels; c++) {
            down[c] = used(shift, displacements.values()[2 * c], shape.height());
            right[c] = used(shift, displacements.values()[2 * c + 1], shape.width());
        }
        int top = reach(down, -1);
        int left = reach(right, -1);
        int height = top + reach(down, 1) + 1;
        int width = left + reach(right, 1) + 1;
        float[] weight = new float[channels * height * width];
        for (int c = 0; c < channels; c++) {
            for (int y = 0; y < height; y++) {
                for (int x = 0; x < width; x++) {
                    double near = nearness(y - top, down[c]) * nearness(x - left, right[c]);
                    weight[(c * height + y) * width + x] = (float) near;
                }
            }
        }
        return new InterpolationKernel(
                new Tensor(List.of(channels, 1, height, width), weight), top, left, height - 1 - top, width - 1 - left);
    }

    int height() {
        return top + bottom + 1;
    }

    int width() {
        return left + right + 1;
    }

    /** Whoever looks farther than the image is wide sees zeros, wherever it is. */
    private static double used(ActiveShift shift, float learned, int size) {
        return Math.max(-size, Math.min(size, shift.displacements().used(learned)));
    }

    /** Whole pixels that the farthest displacement to one side needs. */
    private static int reach(double[] displacements, int sign) {
        double farthest = 0;
        for (double displacement : displacements) {
            farthest = Math.max(farthest, sign * displacement);
        }
        return (int) Math.ceil(farthest);
    }

    /** The weight of a pixel in a linear interpolation. */
    private static double nearness(int pixel, double place) {
        return Math.max(0, 1 - Math.abs(pixel - place));
    }
}
