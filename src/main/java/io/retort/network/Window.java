package io.retort.network;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * What a convolution or a pool sees of its input: kernel, stride, symmetric zero padding and dilation, each as height
 * and width.
 *
 * <p>A kernel of k cells that lie {@code dilation} apart reaches over {@code extent = dilation · (k − 1) + 1}
 * places; the output size of one dimension is {@code ⌊(size + 2·padding − extent) / stride⌋ + 1}.
 */
public record Window(
        int kernelHeight,
        int kernelWidth,
        int strideHeight,
        int strideWidth,
        int paddingHeight,
        int paddingWidth,
        int dilationHeight,
        int dilationWidth)
        implements Serializable {
    private static final List<String> SIZES = List.of(
            "kernel-height", "kernel-width", "stride-height", "stride-width", "padding-height", "padding-width");

    /** Saved only where they are not 1, so that what was saved before there were any is still what is written. */
    private static final List<String> DILATIONS = List.of("dilation-height", "dilation-width");

    /** More than any image has, and little enough that no size of an output overflows. */
    private static final int MAX_SIZE = 1 << 14;

    public Window {
        if (kernelHeight < 1 || kernelWidth < 1 || strideHeight < 1 || strideWidth < 1) {
            throw new ShapeException("kernel " + kernelHeight + "x" + kernelWidth + " and stride " + strideHeight + "x"
                    + strideWidth + " must be at least 1");
        }
        if (Math.max(kernelHeight, kernelWidth) > MAX_SIZE || Math.max(strideHeight, strideWidth) > MAX_SIZE) {
            throw new ShapeException("kernel " + kernelHeight + "x" + kernelWidth + " and stride " + strideHeight + "x"
                    + strideWidth + " must be at most " + MAX_SIZE);
        }
        if (dilationHeight < 1
                || dilationWidth < 1
                || extent(kernelHeight, dilationHeight) > MAX_SIZE
                || extent(kernelWidth, dilationWidth) > MAX_SIZE) {
            throw new ShapeException("dilation " + dilationHeight + "x" + dilationWidth
                    + " must be at least 1 and spread the kernel " + kernelHeight + "x" + kernelWidth
                    + " over at most " + MAX_SIZE);
        }
        if (paddingHeight < 0
                || paddingWidth < 0
                || paddingHeight >= extent(kernelHeight, dilationHeight)
                || paddingWidth >= extent(kernelWidth, dilationWidth)) {
            String dilated = dilationHeight == 1 && dilationWidth == 1
                    ? ""
                    : " of dilation " + dilationHeight + "x" + dilationWidth;
            throw new ShapeException("padding " + paddingHeight + "x" + paddingWidth
                    + " must be at least 0 and smaller than the kernel " + kernelHeight + "x" + kernelWidth + dilated);
        }
    }

    /** A window whose cells lie side by side. */
    public Window(
            int kernelHeight, int kernelWidth, int strideHeight, int strideWidth, int paddingHeight, int paddingWidth) {
        this(kernelHeight, kernelWidth, strideHeight, strideWidth, paddingHeight, paddingWidth, 1, 1);
    }

    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    static Window of(Map<String, Integer> sizes) {
        TreeSet<String> unknown = new TreeSet<>(sizes.keySet());
        SIZES.forEach(unknown::remove);
        DILATIONS.forEach(unknown::remove);
        if (!unknown.isEmpty()) {
            throw new ShapeException("a window has the unknown size '" + unknown.first() + "'; sizes are " + SIZES
                    + " and " + DILATIONS);
        }
        int[] read = new int[SIZES.size()];
        for (int i = 0; i < read.length; i++) {
            Integer size = sizes.get(SIZES.get(i));
            if (size == null) {
                throw new ShapeException("a window lacks its " + SIZES.get(i));
            }
            read[i] = size;
        }
        return new Window(
                read[0],
                read[1],
                read[2],
                read[3],
                read[4],
                read[5],
                sizes.getOrDefault(DILATIONS.get(0), 1),
                sizes.getOrDefault(DILATIONS.get(1), 1));
    }

    @JsonValue
    Map<String, Integer> sizes() {
        Map<String, Integer> sizes = new LinkedHashMap<>();
        int[] written = {kernelHeight, kernelWidth, strideHeight, strideWidth, paddingHeight, paddingWidth};
        for (int i = 0; i < written.length; i++) {
            sizes.put(SIZES.get(i), written[i]);
        }
        if (isDilated()) {
            sizes.put(DILATIONS.get(0), dilationHeight);
            sizes.put(DILATIONS.get(1), dilationWidth);
        }
        return sizes;
    }

    /** A square kernel of odd size with stride 1 that keeps height and width. */
    public static Window same(int kernel) {
        return strided(kernel, 1);
    }

    /**
     * A square kernel of odd size, padded by half of it: the output is the input size divided by the stride, rounded
     * up.
     */
    public static Window strided(int kernel, int stride) {
        return new Window(kernel, kernel, stride, stride, kernel / 2, kernel / 2);
    }

    /** A square kernel without padding. */
    public static Window valid(int kernel, int stride) {
        return new Window(kernel, kernel, stride, stride, 0, 0);
    }

    /** A kernel of odd sizes with stride 1 that keeps height and width. */
    public static Window same(int kernelHeight, int kernelWidth) {
        return new Window(kernelHeight, kernelWidth, 1, 1, kernelHeight / 2, kernelWidth / 2);
    }

    /**
     * A square kernel of odd size whose cells lie {@code dilation} apart, with stride 1, that keeps height and width.
     */
    public static Window dilated(int kernel, int dilation) {
        int padding = kernel / 2 * dilation;
        return new Window(kernel, kernel, 1, 1, padding, padding, dilation, dilation);
    }

    public boolean isDilated() {
        return dilationHeight > 1 || dilationWidth > 1;
    }

    /** The rows from the first to the last that an output sees. */
    public int extentHeight() {
        return Math.toIntExact(extent(kernelHeight, dilationHeight));
    }

    /** The columns from the first to the last that an output sees. */
    public int extentWidth() {
        return Math.toIntExact(extent(kernelWidth, dilationWidth));
    }

    /** The height and width of the output for an image of {@code channels}. */
    public Shape output(int channels, Shape input) {
        int height = size(input.height(), extentHeight(), strideHeight, paddingHeight);
        int width = size(input.width(), extentWidth(), strideWidth, paddingWidth);
        if (height < 1 || width < 1) {
            throw new ShapeException("a " + extentHeight() + "x" + extentWidth() + " window does not fit an input of "
                    + input + " with padding " + paddingHeight + "x" + paddingWidth);
        }
        return Shape.image(channels, height, width);
    }

    private static int size(int input, int extent, int stride, int padding) {
        return Math.floorDiv(input + 2 * padding - extent, stride) + 1;
    }

    private static long extent(int kernel, int dilation) {
        return (long) dilation * (kernel - 1) + 1;
    }
}
