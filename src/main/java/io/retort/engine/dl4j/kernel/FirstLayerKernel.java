package io.retort.engine.dl4j.kernel;

import io.retort.network.Shape;
import io.retort.network.Window;
import java.nio.FloatBuffer;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The gradient of a convolution of stride 1 by its weights where there are few input channels, as in a first layer.
 *
 * <p>oneDNN would also compute the gradient by the images, which nobody needs, and pads one channel to sixteen. Here
 * each input value is repeated once for each output channel, so that each weight's sum runs along whole rows of
 * outputs.
 */
public final class FirstLayerKernel {
    private final Window window;
    private final int height;
    private final int width;
    private final int inputs;
    private final int outputs;
    private final int outputHeight;
    private final int rowLength;
    private final int paddedLength;

    public FirstLayerKernel(Window window, int height, int width, int inputs, int outputs) {
        this.window = window;
        this.height = height;
        this.width = width;
        this.inputs = inputs;
        this.outputs = outputs;
        Shape output = window.output(outputs, Shape.image(inputs, height, width));
        outputHeight = output.height();
        rowLength = output.width() * outputs;
        paddedLength = (width + 2 * window.paddingWidth()) * outputs;
    }

    /** Whether this kernel is made for such a convolution. */
    public static boolean suits(Window window, long inputs) {
        return window.strideHeight() == 1 && window.strideWidth() == 1 && !window.isDilated() && inputs <= 3;
    }

    /** The gradient {@code [outputs, inputs, kH, kW]} by the weights; images are {@code [batch, H, W, inputs]}. */
    public float[] weightGradient(INDArray images, INDArray outGradient) {
        int cells = window.kernelHeight() * window.kernelWidth();
        float[][] sums = new float[inputs * cells][rowLength];
        float[] image = new float[height * width * inputs];
        float[] gradient = new float[outputHeight * rowLength];
        float[][][] repeated = new float[height * inputs][window.kernelWidth()][rowLength];
        FloatBuffer from = Floats.of(images);
        FloatBuffer gradients = Floats.of(outGradient);
        float[] row = new float[rowLength];
        for (int n = 0; n < images.size(0); n++) {
            from.get(n * image.length, image);
            gradients.get(n * gradient.length, gradient);
            repeat(image, repeated);
            for (int y = 0; y < outputHeight; y++) {
                System.arraycopy(gradient, y * rowLength, row, 0, rowLength);
                addRow(repeated, row, y, sums);
            }
        }
        return collect(sums, cells);
    }

    /** For each row and channel, and for each column of the kernel, the inputs of the row's outputs. */
    private void repeat(float[] image, float[][][] repeated) {
        float[] padded = new float[paddedLength];
        int first = window.paddingWidth() * outputs;
        for (int y = 0; y < height; y++) {
            for (int c = 0; c < inputs; c++) {
                for (int x = 0; x < width; x++) {
                    float value = image[(y * width + x) * inputs + c];
                    Arrays.fill(padded, first + x * outputs, first + (x + 1) * outputs, value);
                }
                for (int cellX = 0; cellX < window.kernelWidth(); cellX++) {
                    System.arraycopy(padded, cellX * outputs, repeated[y * inputs + c][cellX], 0, rowLength);
                }
            }
        }
    }

    private void addRow(float[][][] repeated, float[] row, int y, float[][] sums) {
        int cells = window.kernelHeight() * window.kernelWidth();
        for (int cellY = 0; cellY < window.kernelHeight(); cellY++) {
            int inputY = y + cellY - window.paddingHeight();
            if (inputY >= 0 && inputY < height) {
                for (int c = 0; c < inputs; c++) {
                    for (int cellX = 0; cellX < window.kernelWidth(); cellX++) {
                        addProducts(
                                repeated[inputY * inputs + c][cellX],
                                row,
                                sums[c * cells + cellY * window.kernelWidth() + cellX]);
                    }
                }
            }
        }
    }

    private static void addProducts(float[] input, float[] gradient, float[] sum) {
        for (int i = 0; i < sum.length; i++) {
            sum[i] += input[i] * gradient[i];
        }
    }

    private float[] collect(float[][] sums, int cells) {
        float[] weights = new float[outputs * inputs * cells];
        for (int o = 0; o < outputs; o++) {
            for (int w = 0; w < inputs * cells; w++) {
                double sum = 0;
                for (int i = o; i < rowLength; i += outputs) {
                    sum += sums[w][i];
                }
                weights[o * inputs * cells + w] = (float) sum;
            }
        }
        return weights;
    }
}
