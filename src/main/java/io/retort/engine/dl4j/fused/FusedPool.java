package io.retort.engine.dl4j.fused;

import io.retort.network.Layer.Pool;
import io.retort.network.Window;
import java.util.List;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.layers.BaseLayer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/** DL4J configuration of a pool over windows. */
public final class FusedPool extends FusedConfiguration {
    private static final long serialVersionUID = 1L;

    @JsonProperty
    private int[] window = {1, 1, 1, 1, 0, 0, 1, 1};

    @JsonProperty
    private Pool.Kind kind = Pool.Kind.MAX;

    /** For DL4J's JSON. */
    public FusedPool() {}

    public static FusedPool of(int channels, Pool.Kind kind, Window window) {
        FusedPool configuration = new FusedPool();
        configuration.setNIn(channels);
        configuration.setNOut(channels);
        configuration.window = Windows.toArray(window);
        configuration.kind = kind;
        return configuration;
    }

    Window window() {
        return Windows.of(window);
    }

    Pool.Kind kind() {
        return kind;
    }

    @Override
    List<Slot> slots() {
        return List.of();
    }

    @Override
    List<Object> settings() {
        return List.of(window(), kind);
    }

    @Override
    BaseLayer<?> newLayer(NeuralNetConfiguration configuration, DataType type) {
        return new FusedPoolLayer(configuration, type);
    }
}
