package io.retort.engine.dl4j.fused;

import java.util.List;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.layers.BaseLayer;
import org.nd4j.linalg.api.buffer.DataType;

/** DL4J configuration of the mean of each channel. */
public final class FusedGlobalAverage extends FusedConfiguration {
    private static final long serialVersionUID = 1L;

    /** For DL4J's JSON. */
    public FusedGlobalAverage() {}

    public static FusedGlobalAverage of(int channels) {
        FusedGlobalAverage configuration = new FusedGlobalAverage();
        configuration.setNIn(channels);
        configuration.setNOut(channels);
        return configuration;
    }

    @Override
    List<Slot> slots() {
        return List.of();
    }

    @Override
    List<Object> settings() {
        return List.of();
    }

    @Override
    BaseLayer<?> newLayer(NeuralNetConfiguration configuration, DataType type) {
        return new FusedGlobalAverageLayer(configuration, type);
    }
}
