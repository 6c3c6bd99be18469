package io.retort.engine.dl4j.fused;

import java.util.Arrays;
import java.util.List;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.layers.BaseLayer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/** DL4J configuration of a layer whose every output channel is one of its input channels: a shuffle, a slice, a circular shift. */
public final class FusedChannelMap extends FusedConfiguration {
    private static final long serialVersionUID = 1L;

    @JsonProperty
    private int[] sources = {};

    /** For DL4J's JSON. */
    public FusedChannelMap() {}

    /** Output channel c is input channel {@code source.applyAsInt(c)}. */
    public static FusedChannelMap of(int inputs, int outputs, IntUnaryOperator source) {
        FusedChannelMap configuration = new FusedChannelMap();
        configuration.setNIn(inputs);
        configuration.setNOut(outputs);
        configuration.sources = IntStream.range(0, outputs).map(source).toArray();
        return configuration;
    }

    /** By output channel; not to be written to. */
    int[] sources() {
        return sources;
    }

    @Override
    List<Slot> slots() {
        return List.of();
    }

    @Override
    List<Object> settings() {
        return List.of(Arrays.stream(sources).boxed().toList());
    }

    @Override
    BaseLayer<?> newLayer(NeuralNetConfiguration configuration, DataType type) {
        return new FusedChannelMapLayer(configuration, type);
    }
}
