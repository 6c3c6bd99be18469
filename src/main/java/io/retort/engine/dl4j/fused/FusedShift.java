package io.retort.engine.dl4j.fused;

import io.retort.network.MovingLayer.Shift;
import java.util.List;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.layers.BaseLayer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/** DL4J configuration of a shift without parameters. */
public final class FusedShift extends FusedConfiguration {
    private static final long serialVersionUID = 1L;

    @JsonProperty
    private int kernel = 3;

    @JsonProperty
    private Shift.Directions directions = Shift.Directions.GRID;

    /** For DL4J's JSON. */
    public FusedShift() {}

    public static FusedShift of(int channels, Shift shift) {
        FusedShift configuration = new FusedShift();
        configuration.setNIn(channels);
        configuration.setNOut(channels);
        configuration.kernel = shift.kernel();
        configuration.directions = shift.directions();
        return configuration;
    }

    /** {@code [channels, 2]}: down, right. */
    float[] displacements() {
        Shift shift = new Shift(kernel, directions);
        int channels = Math.toIntExact(getNIn());
        float[] displacements = new float[2 * channels];
        for (int c = 0; c < channels; c++) {
            Shift.Offset offset = shift.offset(c, channels);
            displacements[2 * c] = offset.down();
            displacements[2 * c + 1] = offset.right();
        }
        return displacements;
    }

    @Override
    List<Slot> slots() {
        return List.of();
    }

    @Override
    List<Object> settings() {
        return List.of(kernel, directions);
    }

    @Override
    BaseLayer<?> newLayer(NeuralNetConfiguration configuration, DataType type) {
        return new FusedShiftLayer(configuration, type);
    }
}
