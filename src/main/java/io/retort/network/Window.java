package io.retort.network;

import java.io.Serializable;

/**
 * What a convolution or a pool sees of its input: kernel, stride and symmetric zero padding, each as height and width.
 *
 * <p>The output size of one dimension is {@code ⌊(size + 2·padding − kernel) / stride⌋ + 1}.
 */
public record Window(
        int kernelHeight, int kernelWidth, int strideHeight, int strideWidth, int paddingHeight, int paddingWidth)
        implements Serializable {
    /** More than any image has, and little enough that no size of an output overflows. */
    private static final int MOST = 1 << 14;

    public Window {
        if (kernelHeight < 1 || kernelWidth < 1 || strideHeight < 1 || strideWidth < 1) {
            throw new ShapeException("kernel " + kernelHeight + "x" + kernelWidth + " and stride " + strideHeight + "x"
                    + strideWidth + " must be at least 1");
        }
        if (Math.max(kernelHeight, kernelWidth) > MOST || Math.max(strideHeight, strideWidth) > MOST) {
            throw new ShapeException("kernel " + kernelHeight + "x" + kernelWidth + " and stride " + strideHeight + "x"
                    + strideWidth + " must be at most " + MOST);
        }
        if (paddingHeight < 0 || paddingWidth < 0 || paddingHeight >= kernelHeight || paddingWidth >= kernelWidth) {
            throw new ShapeException("padding " + paddingHeight + "x" + paddingWidth
                    + " must be at least 0 and smaller than the kernel " + kernelHeight + "x" + kernelWidth);
        }
    }

    /** A square kernel of odd size with stride 1 that keeps height and width. */
    public static Window same(int kernel) {
        return strided(kernel, 1);
    }

    /** A square kernel of odd size, padded by half of it: the output is the input size divided by the stride, rounded up. */
    public static Window strided(int kernel, int stride) {
        return new Window(kernel, kernel, stride, stride, kernel / 2, kernel / 2);
    }

    /** A square kernel without padding. */
    public static Window valid(int kernel, int stride) {
        return new Window(kernel, kernel, stride, stride, 0, 0);
    }

    /** The height and width of the output for an image of {@code channels}. */
    public Shape output(int channels, Shape input) {
        int height = size(input.height(), kernelHeight, strideHeight, paddingHeight);
        int width = size(input.width(), kernelWidth, strideWidth, paddingWidth);
        if (height < 1 || width < 1) {
            throw new ShapeException("a " + kernelHeight + "x" + kernelWidth + " window does not fit an input of "
                    + input + " with padding " + paddingHeight + "x" + paddingWidth);
        }
        return Shape.image(channels, height, width);
    }

    private static int size(int input, int kernel, int stride, int padding) {
        return Math.floorDiv(input + 2 * padding - kernel, stride) + 1;
    }
}
