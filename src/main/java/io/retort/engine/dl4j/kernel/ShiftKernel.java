package io.retort.engine.dl4j.kernel;

import java.nio.FloatBuffer;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * {@code y[i, j, c] = x[i + down_c, j + right_c, c]} with bilinear interpolation between pixels and zeros outside, for
 * images {@code [H, W, channels]}, one at a time on the heap.
 *
 * <p>With a and b the fractions of a channel's displacement and x00, x01, x10, x11 the four pixels around the place
 * where it looks, {@code y = (1 − a)(1 − b) x00 + (1 − a) b x01 + a (1 − b) x10 + a b x11} (Jeon and Kim 2018,
 * arXiv:1806.07370, equation 5). The image is read from a copy with a margin of zeros as wide as the farthest
 * displacement, so that no place needs a test whether it is inside.
 */
public final class ShiftKernel {
    private final int height;
    private final int width;
    private final int channels;
    private final int top;
    private final int left;
    private final int paddedWidth;
    private final int nextRow;
    /** By channel: where in the padded image the output's first pixel looks. */
    private final int[] start;

    private final float[] down;
    private final float[] right;
    private final float[][] weights;
    private final boolean whole;
    private final float[] padded;
    private final float[] paddedGradient;
    private final float[] image;
    private final float[] moved;

    /** @param displacements {@code [channels, 2]}: down, right */
    public ShiftKernel(int height, int width, int channels, float[] displacements) {
        this.height = height;
        this.width = width;
        this.channels = channels;
        int[] rows = new int[channels];
        int[] columns = new int[channels];
        down = new float[channels];
        right = new float[channels];
        for (int c = 0; c < channels; c++) {
            rows[c] = split(displacements[2 * c], height, down, c);
            columns[c] = split(displacements[2 * c + 1], width, right, c);
        }
        top = Math.max(0, -least(rows));
        left = Math.max(0, -least(columns));
        paddedWidth = left + width + Math.max(0, greatest(columns) + 1);
        int paddedHeight = top + height + Math.max(0, greatest(rows) + 1);
        nextRow = paddedWidth * channels;
        start = new int[channels];
        weights = new float[4][channels];
        for (int c = 0; c < channels; c++) {
            start[c] = ((top + rows[c]) * paddedWidth + left + columns[c]) * channels + c;
            weights[0][c] = (1 - down[c]) * (1 - right[c]);
            weights[1][c] = (1 - down[c]) * right[c];
            weights[2][c] = down[c] * (1 - right[c]);
            weights[3][c] = down[c] * right[c];
        }
        whole = allAreZero(down) && allAreZero(right);
        padded = new float[paddedHeight * nextRow];
        paddedGradient = new float[padded.length];
        image = new float[height * width * channels];
        moved = new float[image.length];
    }

    /** For a batch of images {@code [batch, H, W, channels]} of this shape. */
    public static ShiftKernel of(INDArray images, float[] displacements) {
        return new ShiftKernel((int) images.size(1), (int) images.size(2), (int) images.size(3), displacements);
    }

    /** Shifts the images of a batch; both arrays are contiguous. */
    public void forward(INDArray in, INDArray out) {
        forward(Floats.of(in), Floats.of(out));
    }

    /** Shifts the images of a batch. */
    public void forward(FloatBuffer images, FloatBuffer shifted) {
        for (int n = 0; n < images.limit(); n += image.length) {
            images.get(n, image);
            forward(image, moved);
            shifted.put(n, moved);
        }
    }

    /** The gradient by the images of a batch; both arrays are contiguous. */
    public void backward(INDArray outGradient, INDArray inGradient) {
        backward(Floats.of(outGradient), Floats.of(inGradient));
    }

    /** The gradient by the images of a batch. */
    public void backward(FloatBuffer gradients, FloatBuffer results) {
        for (int n = 0; n < gradients.limit(); n += image.length) {
            gradients.get(n, image);
            backward(image, moved);
            results.put(n, moved);
        }
    }

    /** The gradient by the displacements, {@code [channels, 2]}, over a batch; both arrays are contiguous. */
    public double[] displacementGradient(INDArray in, INDArray outGradient) {
        return displacementGradient(Floats.of(in), Floats.of(outGradient));
    }

    /** The gradient by the displacements, {@code [channels, 2]}, over a batch. */
    public double[] displacementGradient(FloatBuffer images, FloatBuffer gradients) {
        double[] sums = new double[2 * channels];
        for (int n = 0; n < images.limit(); n += image.length) {
            images.get(n, image);
            gradients.get(n, moved);
            addDisplacementGradient(image, moved, sums);
        }
        return sums;
    }

    void forward(float[] in, float[] out) {
        fill(in);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                int seen = (y * paddedWidth + x) * channels;
                int to = (y * width + x) * channels;
                if (whole) {
                    copy(seen, out, to);
                } else {
                    interpolate(seen, out, to);
                }
            }
        }
    }

    /** Fills {@code inGradient}. */
    void backward(float[] outGradient, float[] inGradient) {
        Arrays.fill(paddedGradient, 0);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                int seen = (y * paddedWidth + x) * channels;
                int from = (y * width + x) * channels;
                if (whole) {
                    giveBack(seen, outGradient, from);
                } else {
                    spread(seen, outGradient, from);
                }
            }
        }
        int row = width * channels;
        for (int y = 0; y < height; y++) {
            System.arraycopy(paddedGradient, interior(y), inGradient, y * row, row);
        }
    }

    /**
     * Adds the gradient by the displacements {@code [channels, 2]}; at a whole pixel it is that to the right and down.
     */
    void addDisplacementGradient(float[] in, float[] outGradient, double[] sums) {
        fill(in);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                int seen = (y * paddedWidth + x) * channels;
                int from = (y * width + x) * channels;
                for (int c = 0; c < channels; c++) {
                    int here = seen + start[c];
                    float x00 = padded[here];
                    float x01 = padded[here + channels];
                    float x10 = padded[here + nextRow];
                    float x11 = padded[here + nextRow + channels];
                    float gradient = outGradient[from + c];
                    sums[2 * c] += gradient * ((1 - right[c]) * (x10 - x00) + right[c] * (x11 - x01));
                    sums[2 * c + 1] += gradient * ((1 - down[c]) * (x01 - x00) + down[c] * (x11 - x10));
                }
            }
        }
    }

    private void copy(int seen, float[] out, int to) {
        for (int c = 0; c < channels; c++) {
            out[to + c] = padded[seen + start[c]];
        }
    }

    private void interpolate(int seen, float[] out, int to) {
        for (int c = 0; c < channels; c++) {
            int here = seen + start[c];
            out[to + c] = weights[0][c] * padded[here]
                    + weights[1][c] * padded[here + channels]
                    + weights[2][c] * padded[here + nextRow]
                    + weights[3][c] * padded[here + nextRow + channels];
        }
    }

    private void giveBack(int seen, float[] outGradient, int from) {
        for (int c = 0; c < channels; c++) {
            paddedGradient[seen + start[c]] += outGradient[from + c];
        }
    }

    private void spread(int seen, float[] outGradient, int from) {
        for (int c = 0; c < channels; c++) {
            int here = seen + start[c];
            float gradient = outGradient[from + c];
            paddedGradient[here] += weights[0][c] * gradient;
            paddedGradient[here + channels] += weights[1][c] * gradient;
            paddedGradient[here + nextRow] += weights[2][c] * gradient;
            paddedGradient[here + nextRow + channels] += weights[3][c] * gradient;
        }
    }

    private void fill(float[] in) {
        int row = width * channels;
        for (int y = 0; y < height; y++) {
            System.arraycopy(in, y * row, padded, interior(y), row);
        }
    }

    private int interior(int y) {
        return ((top + y) * paddedWidth + left) * channels;
    }

    /** The whole part of a displacement; its fraction goes to {@code fractions}. Beyond the image all is zero. */
    private static int split(float displacement, int size, float[] fractions, int channel) {
        float near = Math.max(-size - 1, Math.min(size, displacement));
        float floor = (float) Math.floor(near);
        fractions[channel] = near - floor;
        return (int) floor;
    }

    private static int least(int[] values) {
        return Arrays.stream(values).min().orElse(0);
    }

    private static int greatest(int[] values) {
        return Arrays.stream(values).max().orElse(0);
    }

    private static boolean allAreZero(float[] values) {
        for (float value : values) {
            if (value != 0) { // true of NaN, which is to be seen in the output
                return false;
            }
        }
        return true;
    }
}
