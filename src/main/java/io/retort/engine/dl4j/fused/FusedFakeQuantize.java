package io.retort.engine.dl4j.fused;

import io.retort.engine.dl4j.fused.Slot.Kind;
import io.retort.network.Layer.FakeQuantize;
import java.util.List;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.layers.BaseLayer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/** DL4J configuration of the rounding of a value to int8, whose scale is learned. Weight decay leaves it alone. */
public final class FusedFakeQuantize extends FusedConfiguration {
    private static final long serialVersionUID = 1L;

    public static final String LOG_SCALE = "logScale";

    @JsonProperty
    private int least;

    @JsonProperty
    private int greatest;

    /** For DL4J's JSON. */
    public FusedFakeQuantize() {}

    public static FusedFakeQuantize of(int channels, FakeQuantize layer) {
        FusedFakeQuantize configuration = new FusedFakeQuantize();
        configuration.setNIn(channels);
        configuration.setNOut(channels);
        configuration.least = layer.least();
        configuration.greatest = layer.greatest();
        return configuration;
    }

    int least() {
        return least;
    }

    int greatest() {
        return greatest;
    }

    @Override
    List<Slot> slots() {
        return List.of(Slot.vector(LOG_SCALE, Kind.BIAS, 1, 0));
    }

    @Override
    List<Object> settings() {
        return List.of(least, greatest);
    }

    @Override
    BaseLayer<?> newLayer(NeuralNetConfiguration configuration, DataType type) {
        return new FusedFakeQuantizeLayer(configuration, type);
    }
}
