package io.retort.engine.dl4j.layer;

import io.retort.engine.dl4j.layer.ParameterSlot.Kind;
import io.retort.engine.dl4j.layer.ParameterSlot.SlotInitializer;
import java.util.Collection;
import java.util.List;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.ParamInitializer;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.conf.memory.LayerMemoryReport;
import org.deeplearning4j.nn.layers.BaseLayer;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.NoOp;

/**
 * DL4J configuration of one of Retort's layers: its sizes, its parameters, and its constructor. Sizes are given,
 * never inferred from DL4J's input types. It lives as long as its graph: DL4J's JSON does not know it.
 */
public final class FusedConfiguration extends FeedForwardLayer {
    private static final long serialVersionUID = 1L;

    private final transient List<ParameterSlot> slots;
    private final transient Constructor constructor;

    /** Makes the layer for one graph. */
    @FunctionalInterface
    interface Constructor {
        BaseLayer<?> create(NeuralNetConfiguration configuration, DataType type);
    }

    private FusedConfiguration(List<ParameterSlot> slots, Constructor constructor) {
        this.slots = List.copyOf(slots);
        this.constructor = constructor;
        setActivationFn(new ActivationIdentity());
    }

    /** @param slots the layer's parameters, in order */
    static FusedConfiguration of(int inputs, int outputs, List<ParameterSlot> slots, Constructor constructor) {
        FusedConfiguration configuration = new FusedConfiguration(slots, constructor);
        configuration.setNIn(inputs);
        configuration.setNOut(outputs);
        return configuration;
    }

    List<ParameterSlot> slots() {
        return slots;
    }

    @Override
    public Layer instantiate(
            NeuralNetConfiguration configuration,
            Collection<TrainingListener> listeners,
            int index,
            INDArray parameters,
            boolean initialise,
            DataType type) {
        if (type != DataType.FLOAT) {
            throw new IllegalArgumentException(
                    "layer '" + getLayerName() + "' computes in FLOAT only, was given " + type);
        }
        BaseLayer<?> layer = constructor.create(configuration, type);
        layer.setListeners(listeners);
        layer.setIndex(index);
        layer.setParamsViewArray(parameters);
        layer.setParamTable(initializer().init(configuration, parameters, initialise));
        layer.setConf(configuration);
        return layer;
    }

    @Override
    public ParamInitializer initializer() {
        return SlotInitializer.INSTANCE;
    }

    @Override
    public IUpdater getUpdaterByParam(String key) {
        boolean statistic = slots.stream().anyMatch(slot -> slot.key().equals(key) && slot.kind() == Kind.STATISTIC);
        return statistic ? new NoOp() : super.getUpdaterByParam(key);
    }

    @Override
    public void setNIn(InputType type, boolean override) {
        // sizes are given
    }

    @Override
    public InputPreProcessor getPreProcessorForInputType(InputType type) {
        throw new UnsupportedOperationException("Retort's layers do not use DL4J's input types");
    }

    @Override
    public InputType getOutputType(int index, InputType type) {
        throw new UnsupportedOperationException("Retort's layers do not use DL4J's input types");
    }

    @Override
    public LayerMemoryReport getMemoryReport(InputType type) {
        throw new UnsupportedOperationException("Retort's layers do not use DL4J's input types");
    }

    @Override
    public FusedConfiguration clone() {
        return (FusedConfiguration) super.clone();
    }

    @Override
    protected boolean canEqual(Object other) {
        return other instanceof FusedConfiguration;
    }

    /** A clone is equal, another layer of the same sizes is not. */
    @Override
    public boolean equals(Object other) {
        return other instanceof FusedConfiguration that && super.equals(that) && constructor == that.constructor;
    }

    @Override
    public int hashCode() {
        return super.hashCode();
    }
}
