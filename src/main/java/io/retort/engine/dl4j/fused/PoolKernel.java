package io.retort.engine.dl4j.fused;

import io.retort.network.Layer.Pool;
import io.retort.network.Window;
import java.util.Arrays;

/** Pools one image {@code [H, W, channels]} on the heap. */
final class PoolKernel {
    private final Pool.Kind kind;
    private final Window window;
    private final int height;
    private final int width;
    private final int channels;
    private final int outputHeight;
    private final int outputWidth;
    private final float[] remaining;

    PoolKernel(Pool.Kind kind, Window window, int height, int width, int channels) {
        this.kind = kind;
        this.window = window;
        this.height = height;
        this.width = width;
        this.channels = channels;
        outputHeight = Windows.outputHeight(window, height);
        outputWidth = Windows.outputWidth(window, width);
        remaining = new float[channels];
    }

    int outputHeight() {
        return outputHeight;
    }

    int outputWidth() {
        return outputWidth;
    }

    void forward(float[] in, float[] out) {
        Arrays.fill(out, kind == Pool.Kind.MAX ? Float.NEGATIVE_INFINITY : 0);
        for (int y = 0, to = 0; y < outputHeight; y++) {
            for (int x = 0; x < outputWidth; x++, to += channels) {
                int cells = 0;
                for (int inputY = firstRow(y); inputY < lastRow(y); inputY++) {
                    for (int inputX = firstColumn(x); inputX < lastColumn(x); inputX++, cells++) {
                        int from = (inputY * width + inputX) * channels;
                        if (kind == Pool.Kind.MAX) {
                            keepGreater(in, from, out, to);
                        } else {
                            add(in, from, out, to);
                        }
                    }
                }
                if (kind == Pool.Kind.AVERAGE) {
                    scale(out, to, 1f / cells);
                }
            }
        }
    }

    /** Fills {@code inGradient}. Of equal maxima the first, row by row, gets the gradient. */
    void backward(float[] in, float[] out, float[] outGradient, float[] inGradient) {
        Arrays.fill(inGradient, 0);
        for (int y = 0, to = 0; y < outputHeight; y++) {
            for (int x = 0; x < outputWidth; x++, to += channels) {
                System.arraycopy(outGradient, to, remaining, 0, channels);
                if (kind == Pool.Kind.AVERAGE) {
                    int cells = (lastRow(y) - firstRow(y)) * (lastColumn(x) - firstColumn(x));
                    scale(remaining, 0, 1f / cells);
                }
                for (int inputY = firstRow(y); inputY < lastRow(y); inputY++) {
                    for (int inputX = firstColumn(x); inputX < lastColumn(x); inputX++) {
                        int from = (inputY * width + inputX) * channels;
                        if (kind == Pool.Kind.MAX) {
                            giveToMaximum(in, from, out, to, inGradient);
                        } else {
                            add(remaining, 0, inGradient, from);
                        }
                    }
                }
            }
        }
    }

    private void keepGreater(float[] in, int from, float[] out, int to) {
        for (int c = 0; c < channels; c++) {
            out[to + c] = Math.max(out[to + c], in[from + c]);
        }
    }

    private void giveToMaximum(float[] in, int from, float[] out, int to, float[] inGradient) {
        for (int c = 0; c < channels; c++) {
            float given = in[from + c] == out[to + c] ? remaining[c] : 0;
            inGradient[from + c] += given;
            remaining[c] -= given;
        }
    }

    private void add(float[] from, int fromIndex, float[] to, int toIndex) {
        for (int c = 0; c < channels; c++) {
            to[toIndex + c] += from[fromIndex + c];
        }
    }

    private void scale(float[] values, int index, float factor) {
        for (int c = 0; c < channels; c++) {
            values[index + c] *= factor;
        }
    }

    private int firstRow(int y) {
        return Math.max(0, y * window.strideHeight() - window.paddingHeight());
    }

    private int lastRow(int y) {
        return Math.min(height, y * window.strideHeight() - window.paddingHeight() + window.kernelHeight());
    }

    private int firstColumn(int x) {
        return Math.max(0, x * window.strideWidth() - window.paddingWidth());
    }

    private int lastColumn(int x) {
        return Math.min(width, x * window.strideWidth() - window.paddingWidth() + window.kernelWidth());
    }
}
