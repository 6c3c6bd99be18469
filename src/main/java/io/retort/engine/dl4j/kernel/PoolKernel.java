package io.retort.engine.dl4j.kernel;

import io.retort.network.Layer.Pool;
import io.retort.network.Shape;
import io.retort.network.Window;
import java.util.Arrays;

/**
 * Pools one image {@code [H, W, channels]} on the heap, a row of the output at a time.
 *
 * <p>For each cell of the window the inputs that a row of outputs sees there are gathered side by side, so that the
 * arithmetic runs in long flat loops whatever the number of channels.
 */
public final class PoolKernel {
    private final Pool.Kind kind;
    private final Window window;
    private final int height;
    private final int width;
    private final int channels;
    private final int outputHeight;
    private final int outputWidth;
    private final int rowLength;
    private final float[] seen;
    private final float[] row;
    private final float[] remaining;
    private final float[] given;

    public PoolKernel(Pool.Kind kind, Window window, int height, int width, int channels) {
        this.kind = kind;
        this.window = window;
        this.height = height;
        this.width = width;
        this.channels = channels;
        Shape output = window.output(channels, Shape.image(channels, height, width));
        outputHeight = output.height();
        outputWidth = output.width();
        rowLength = outputWidth * channels;
        seen = new float[rowLength];
        row = new float[rowLength];
        remaining = new float[rowLength];
        given = new float[rowLength];
    }

    public int outputHeight() {
        return outputHeight;
    }

    public int outputWidth() {
        return outputWidth;
    }

    public void forward(float[] in, float[] out) {
        for (int y = 0; y < outputHeight; y++) {
            Arrays.fill(row, kind == Pool.Kind.MAX ? Float.NEGATIVE_INFINITY : 0);
            for (int cellY = 0; cellY < window.kernelHeight(); cellY++) {
                for (int cellX = 0; cellX < window.kernelWidth(); cellX++) {
                    if (gather(in, y, cellY, cellX)) {
                        if (kind == Pool.Kind.MAX) {
                            keepGreater();
                        } else {
                            addSeen();
                        }
                    }
                }
            }
            if (kind == Pool.Kind.AVERAGE) {
                divideByCells(row, y);
            }
            System.arraycopy(row, 0, out, y * rowLength, rowLength);
        }
    }

    /** Fills {@code inGradient}. Of equal maxima the first, row by row, gets the gradient. */
    public void backward(float[] in, float[] out, float[] outGradient, float[] inGradient) {
        Arrays.fill(inGradient, 0);
        for (int y = 0; y < outputHeight; y++) {
            System.arraycopy(outGradient, y * rowLength, remaining, 0, rowLength);
            System.arraycopy(out, y * rowLength, row, 0, rowLength);
            if (kind == Pool.Kind.AVERAGE) {
                divideByCells(remaining, y);
            }
            for (int cellY = 0; cellY < window.kernelHeight(); cellY++) {
                for (int cellX = 0; cellX < window.kernelWidth(); cellX++) {
                    if (kind == Pool.Kind.AVERAGE) {
                        scatter(remaining, inGradient, y, cellY, cellX);
                    } else if (gather(in, y, cellY, cellX)) {
                        giveToMaximum();
                        scatter(given, inGradient, y, cellY, cellX);
                    }
                }
            }
        }
    }

    /** Sets {@code seen} to the inputs of a row of outputs in one cell; false where all of them are padding. */
    private boolean gather(float[] in, int y, int cellY, int cellX) {
        int inputY = y * window.strideHeight() - window.paddingHeight() + cellY;
        if (inputY < 0 || inputY >= height) {
            return false;
        }
        float padding = kind == Pool.Kind.MAX ? Float.NEGATIVE_INFINITY : 0;
        for (int x = 0, to = 0; x < outputWidth; x++, to += channels) {
            int inputX = x * window.strideWidth() - window.paddingWidth() + cellX;
            if (inputX >= 0 && inputX < width) {
                System.arraycopy(in, (inputY * width + inputX) * channels, seen, to, channels);
            } else {
                Arrays.fill(seen, to, to + channels, padding);
            }
        }
        return true;
    }

    private void scatter(float[] from, float[] inGradient, int y, int cellY, int cellX) {
        int inputY = y * window.strideHeight() - window.paddingHeight() + cellY;
        if (inputY < 0 || inputY >= height) {
            return;
        }
        boolean overlap = window.strideHeight() < window.kernelHeight() || window.strideWidth() < window.kernelWidth();
        for (int x = 0; x < outputWidth; x++) {
            int inputX = x * window.strideWidth() - window.paddingWidth() + cellX;
            if (inputX >= 0 && inputX < width) {
                int to = (inputY * width + inputX) * channels;
                if (overlap) {
                    for (int c = 0; c < channels; c++) {
                        inGradient[to + c] += from[x * channels + c];
                    }
                } else {
                    System.arraycopy(from, x * channels, inGradient, to, channels);
                }
            }
        }
    }

    private void keepGreater() {
        for (int i = 0; i < rowLength; i++) {
            row[i] = Math.max(row[i], seen[i]);
        }
    }

    private void addSeen() {
        for (int i = 0; i < rowLength; i++) {
            row[i] += seen[i];
        }
    }

    private void giveToMaximum() {
        for (int i = 0; i < rowLength; i++) {
            float here = remaining[i] * (1f - Math.min((row[i] - seen[i]) * Nonlinearity.STEEP, 1f));
            given[i] = here;
            remaining[i] -= here;
        }
    }

    private void divideByCells(float[] values, int y) {
        int rows = inside(y * window.strideHeight() - window.paddingHeight(), window.kernelHeight(), height);
        for (int x = 0; x < outputWidth; x++) {
            int columns = inside(x * window.strideWidth() - window.paddingWidth(), window.kernelWidth(), width);
            float factor = 1f / (rows * columns);
            for (int i = x * channels; i < (x + 1) * channels; i++) {
                values[i] *= factor;
            }
        }
    }

    /** How many of {@code cells} from {@code first} on are inside the image. */
    private static int inside(int first, int cells, int size) {
        return Math.min(first + cells, size) - Math.max(first, 0);
    }
}
