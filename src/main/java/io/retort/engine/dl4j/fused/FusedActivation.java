package io.retort.engine.dl4j.fused;

import java.util.List;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.layers.BaseLayer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/** DL4J configuration of an element-wise function that does not follow a BatchNorm. */
public final class FusedActivation extends FusedConfiguration {
    private static final long serialVersionUID = 1L;

    @JsonProperty
    private Nonlinearity function = Nonlinearity.IDENTITY;

    /** For DL4J's JSON. */
    public FusedActivation() {}

    public static FusedActivation of(int channels, Nonlinearity function) {
        FusedActivation configuration = new FusedActivation();
        configuration.setNIn(channels);
        configuration.setNOut(channels);
        configuration.function = function;
        return configuration;
    }

    Nonlinearity function() {
        return function;
    }

    @Override
    List<Slot> slots() {
        return List.of();
    }

    @Override
    List<Object> settings() {
        return List.of(function);
    }

    @Override
    BaseLayer<?> newLayer(NeuralNetConfiguration configuration, DataType type) {
        return new FusedActivationLayer(configuration, type);
    }
}
