package io.retort.engine.dl4j.fused;

import io.retort.network.Window;
import java.nio.FloatBuffer;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Copies what a convolution sees at each output pixel. */
final class PatchKernel {
    private PatchKernel() {}

    /** Fills {@code patches [batch · oH · oW, channels · kH · kW]} from {@code in [batch, H, W, channels]}; padding is 0. */
    static void write(INDArray in, Window window, INDArray patches) {
        int height = (int) in.size(1);
        int width = (int) in.size(2);
        int channels = (int) in.size(3);
        int outputHeight = Windows.outputHeight(window, height);
        int outputWidth = Windows.outputWidth(window, width);
        int patch = (int) patches.size(1);
        float[] image = new float[height * width * channels];
        float[] row = new float[outputWidth * patch];
        FloatBuffer from = Floats.of(in);
        FloatBuffer to = Floats.of(patches);
        for (int n = 0, position = 0; n < in.size(0); n++) {
            from.get(n * image.length, image);
            for (int y = 0; y < outputHeight; y++, position += row.length) {
                Arrays.fill(row, 0);
                for (int ky = 0; ky < window.kernelHeight(); ky++) {
                    int inputY = y * window.strideHeight() + ky - window.paddingHeight();
                    if (inputY >= 0 && inputY < height) {
                        for (int kx = 0; kx < window.kernelWidth(); kx++) {
                            copyColumn(
                                    image,
                                    inputY * width,
                                    width,
                                    channels,
                                    window,
                                    kx,
                                    row,
                                    ky * window.kernelWidth() + kx);
                        }
                    }
                }
                to.put(position, row);
            }
        }
    }

    /** Writes, for each output pixel of a row, the input under one cell of the kernel. */
    private static void copyColumn(
            float[] image, int firstPixel, int width, int channels, Window window, int kx, float[] row, int cell) {
        int cells = window.kernelHeight() * window.kernelWidth();
        int patch = cells * channels;
        int outputs = row.length / patch;
        for (int x = 0; x < outputs; x++) {
            int inputX = x * window.strideWidth() + kx - window.paddingWidth();
            if (inputX >= 0 && inputX < width) {
                for (int c = 0; c < channels; c++) {
                    row[x * patch + c * cells + cell] = image[(firstPixel + inputX) * channels + c];
                }
            }
        }
    }
}
