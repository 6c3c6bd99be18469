package io.retort.engine.dl4j.layer;

import io.retort.engine.dl4j.kernel.Floats;
import io.retort.engine.dl4j.layer.FusedConvolution.Channels;
import io.retort.network.Window;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The weights of a grouped or dilated convolution among zeros, as those of a plain convolution that computes the same.
 *
 * <p>libnd4j has no grouped convolution, and its dilated ones fail where oneDNN runs them. This way weights are copied,
 * but no activations, and one large product of oneDNN's is faster than many small ones as long as groups are narrower
 * than its vectors.
 */
final class ExpandedWeight {
    private final long[] shape;
    private final Window window;
    /** By element of the layer's weight: where it is among the plain convolution's. */
    private final int[] places;

    ExpandedWeight(FusedConvolution.Settings settings) {
        Window dilated = settings.window();
        window = new Window(
                dilated.extentHeight(),
                dilated.extentWidth(),
                dilated.strideHeight(),
                dilated.strideWidth(),
                dilated.paddingHeight(),
                dilated.paddingWidth());
        boolean depthwise = settings.channels() == Channels.EACH_BY_ITSELF;
        shape = depthwise
                ? new long[] {window.kernelHeight(), window.kernelWidth(), settings.inputs(), 1}
                : new long[] {settings.outputs(), settings.inputs(), window.kernelHeight(), window.kernelWidth()};
        places = depthwise
                ? depthwisePlaces(dilated, settings.inputs())
                : places(dilated, settings.outputs(), settings.inputs(), settings.groups());
    }

    /** Of the plain convolution's weights. */
    long[] shape() {
        return shape.clone();
    }

    /** That of the plain convolution: as large as the dilated one reaches. */
    Window window() {
        return window;
    }

    /** Whether the weights are the plain convolution's as they are. */
    boolean isPlain() {
        long length = 1;
        for (long size : shape) {
            length *= size;
        }
        return length == places.length;
    }

    /** Fills {@code spread} with the weights, and with zeros between them. */
    void expand(INDArray weight, INDArray spread) {
        float[] from = Floats.values(weight);
        float[] to = new float[Math.toIntExact(spread.length())];
        for (int i = 0; i < from.length; i++) {
            to[places[i]] = from[i];
        }
        Floats.of(spread).put(0, to);
    }

    /** Fills {@code weight} with the values of {@code spread} at the places of weights. */
    void collect(INDArray spread, INDArray weight) {
        float[] from = Floats.values(spread);
        float[] to = new float[places.length];
        for (int i = 0; i < to.length; i++) {
            to[i] = from[places[i]];
        }
        Floats.of(weight).put(0, to);
    }

    /** For {@code [outputs, inputs / groups, kH, kW]} in {@code [outputs, inputs, eH, eW]}. */
    private int[] places(Window dilated, int outputs, int inputs, int groups) {
        int perGroup = inputs / groups;
        int cells = dilated.kernelHeight() * dilated.kernelWidth();
        int[] found = new int[outputs * perGroup * cells];
        for (int i = 0; i < found.length; i++) {
            int output = i / (perGroup * cells);
            int input = output / (outputs / groups) * perGroup + i / cells % perGroup;
            int area = window.kernelHeight() * window.kernelWidth();
            found[i] = (output * inputs + input) * area + cell(dilated, i % cells);
        }
        return found;
    }

    /** For {@code [kH, kW, channels, 1]} in {@code [eH, eW, channels, 1]}. */
    private int[] depthwisePlaces(Window dilated, int channels) {
        int[] found = new int[dilated.kernelHeight() * dilated.kernelWidth() * channels];
        for (int i = 0; i < found.length; i++) {
            found[i] = cell(dilated, i / channels) * channels + i % channels;
        }
        return found;
    }

    private int cell(Window dilated, int index) {
        int row = index / dilated.kernelWidth() * dilated.dilationHeight();
        return row * window.kernelWidth() + index % dilated.kernelWidth() * dilated.dilationWidth();
    }
}
