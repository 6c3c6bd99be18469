package io.retort.engine.dl4j.fused;

import io.retort.engine.dl4j.fused.Slot.Kind;
import io.retort.network.MovingLayer.ActiveShift;
import java.util.List;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.layers.BaseLayer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/** DL4J configuration of a shift whose displacements {@code [channels, 2]} are learned. Weight decay leaves them alone; a penalty may not. */
public final class FusedActiveShift extends FusedConfiguration {
    private static final long serialVersionUID = 1L;

    static final String DISPLACEMENT = "displacement";

    @JsonProperty
    private ActiveShift.Displacements displacements = ActiveShift.Displacements.REAL;

    @JsonProperty
    private double penalty;

    /** For DL4J's JSON. */
    public FusedActiveShift() {}

    public static FusedActiveShift of(int channels, ActiveShift shift) {
        FusedActiveShift configuration = new FusedActiveShift();
        configuration.setNIn(channels);
        configuration.setNOut(channels);
        configuration.displacements = shift.displacements();
        configuration.penalty = shift.penalty();
        return configuration;
    }

    ActiveShift.Displacements displacements() {
        return displacements;
    }

    double penalty() {
        return penalty;
    }

    @Override
    List<Slot> slots() {
        return List.of(new Slot(DISPLACEMENT, Kind.BIAS, List.of(getNIn(), 2L), 0));
    }

    @Override
    List<Object> settings() {
        return List.of(displacements, penalty);
    }

    @Override
    BaseLayer<?> newLayer(NeuralNetConfiguration configuration, DataType type) {
        return new FusedActiveShiftLayer(configuration, type);
    }
}
