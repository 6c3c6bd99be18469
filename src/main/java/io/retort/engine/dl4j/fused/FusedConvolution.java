package io.retort.engine.dl4j.fused;

import io.retort.engine.dl4j.fused.Slot.Kind;
import io.retort.network.Layer.Bias;
import io.retort.network.Window;
import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.layers.BaseLayer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * DL4J configuration of a convolution, dense, grouped or depthwise.
 *
 * <p>Weights are {@code [outputs, inputs / groups, kH, kW]}, or {@code [kH, kW, channels, 1]} for a depthwise one.
 */
public final class FusedConvolution extends FusedConfiguration {
    private static final long serialVersionUID = 1L;

    /** How channels are connected. */
    public enum Channels {
        ALL_TO_ALL,
        WITHIN_GROUPS,
        EACH_BY_ITSELF
    }

    /** Whether anybody needs the gradient by the input. */
    public enum InputGradient {
        NEEDED,
        /** The layer reads the network's input. */
        UNUSED
    }

    @JsonProperty
    private int[] window = {1, 1, 1, 1, 0, 0, 1, 1};

    @JsonProperty
    private Channels channels = Channels.ALL_TO_ALL;

    @JsonProperty
    private int groups = 1;

    @JsonProperty
    private Bias bias = Bias.NONE;

    @JsonProperty
    private InputGradient inputGradient = InputGradient.NEEDED;

    /** For DL4J's JSON. */
    public FusedConvolution() {}

    public static FusedConvolution of(
            int inputs, int outputs, Channels channels, Window window, Bias bias, InputGradient inputGradient) {
        FusedConvolution configuration = new FusedConvolution();
        configuration.setNIn(inputs);
        configuration.setNOut(outputs);
        configuration.window = Windows.toArray(window);
        configuration.channels = channels;
        configuration.bias = bias;
        configuration.inputGradient = inputGradient;
        return configuration;
    }

    public static FusedConvolution grouped(
            int inputs, int outputs, int groups, Window window, Bias bias, InputGradient inputGradient) {
        FusedConvolution configuration = of(inputs, outputs, Channels.WITHIN_GROUPS, window, bias, inputGradient);
        configuration.groups = groups;
        return configuration;
    }

    Window window() {
        return Windows.of(window);
    }

    Channels channels() {
        return channels;
    }

    int groups() {
        return groups;
    }

    Bias bias() {
        return bias;
    }

    InputGradient inputGradient() {
        return inputGradient;
    }

    @Override
    List<Slot> slots() {
        long kernelHeight = window[0];
        long kernelWidth = window[1];
        List<Slot> slots = new ArrayList<>();
        slots.add(
                channels == Channels.EACH_BY_ITSELF
                        ? Slot.weight(kernelHeight, kernelWidth, getNIn(), 1L)
                        : Slot.weight(getNOut(), getNIn() / groups, kernelHeight, kernelWidth));
        if (bias == Bias.PER_CHANNEL) {
            slots.add(Slot.vector("b", Kind.BIAS, getNOut(), 0));
        }
        return slots;
    }

    @Override
    List<Object> settings() {
        return List.of(window(), channels, groups, bias, inputGradient);
    }

    @Override
    BaseLayer<?> newLayer(NeuralNetConfiguration configuration, DataType type) {
        return new FusedConvolutionLayer(configuration, type);
    }
}
