package io.retort.engine.dl4j.fused;

import io.retort.engine.dl4j.fused.Slot.Kind;
import java.util.List;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.layers.BaseLayer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/** DL4J configuration of a BatchNorm with the activation function that follows it. Its parameters are those of DL4J's own BatchNorm. */
public final class FusedBatchNorm extends FusedConfiguration {
    private static final long serialVersionUID = 1L;

    @JsonProperty
    private double epsilon;

    @JsonProperty
    private double decay;

    @JsonProperty
    private Nonlinearity function = Nonlinearity.IDENTITY;

    /** For DL4J's JSON. */
    public FusedBatchNorm() {}

    public static FusedBatchNorm of(int channels, double epsilon, double decay, Nonlinearity function) {
        FusedBatchNorm configuration = new FusedBatchNorm();
        configuration.setNIn(channels);
        configuration.setNOut(channels);
        configuration.epsilon = epsilon;
        configuration.decay = decay;
        configuration.function = function;
        return configuration;
    }

    double epsilon() {
        return epsilon;
    }

    double decay() {
        return decay;
    }

    Nonlinearity function() {
        return function;
    }

    @Override
    List<Slot> slots() {
        long channels = getNOut();
        return List.of(
                Slot.vector("gamma", Kind.BIAS, channels, 1),
                Slot.vector("beta", Kind.BIAS, channels, 0),
                Slot.vector("mean", Kind.STATISTIC, channels, 0),
                Slot.vector("var", Kind.STATISTIC, channels, 1));
    }

    @Override
    List<Object> settings() {
        return List.of(epsilon, decay, function);
    }

    @Override
    BaseLayer<?> newLayer(NeuralNetConfiguration configuration, DataType type) {
        return new FusedBatchNormLayer(configuration, type);
    }
}
