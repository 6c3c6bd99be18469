package io.retort.engine.dl4j.fused;

import io.retort.engine.dl4j.fused.Slot.Kind;
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

/** What the configurations of Retort's layers have in common. Sizes are given, never inferred from DL4J's input types. */
public abstract class FusedConfiguration extends FeedForwardLayer {
    private static final long serialVersionUID = 1L;

    FusedConfiguration() {
        setActivationFn(new ActivationIdentity());
    }

    /** The layer's parameters, in order. */
    abstract List<Slot> slots();

    /** All that distinguishes this configuration from another of its class, beside what DL4J's base class holds. */
    abstract List<Object> settings();

    abstract BaseLayer<?> newLayer(NeuralNetConfiguration configuration, DataType type);

    @Override
    public final Layer instantiate(
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
        BaseLayer<?> layer = newLayer(configuration, type);
        layer.setListeners(listeners);
        layer.setIndex(index);
        layer.setParamsViewArray(parameters);
        layer.setParamTable(initializer().init(configuration, parameters, initialise));
        layer.setConf(configuration);
        return layer;
    }

    @Override
    public final ParamInitializer initializer() {
        return SlotInitializer.INSTANCE;
    }

    @Override
    public final IUpdater getUpdaterByParam(String key) {
        boolean statistic = slots().stream().anyMatch(slot -> slot.key().equals(key) && slot.kind() == Kind.STATISTIC);
        return statistic ? new NoOp() : super.getUpdaterByParam(key);
    }

    @Override
    public final void setNIn(InputType type, boolean override) {
        // sizes are given
    }

    @Override
    public final InputPreProcessor getPreProcessorForInputType(InputType type) {
        throw new UnsupportedOperationException("Retort's layers do not use DL4J's input types");
    }

    @Override
    public final InputType getOutputType(int index, InputType type) {
        throw new UnsupportedOperationException("Retort's layers do not use DL4J's input types");
    }

    @Override
    public final LayerMemoryReport getMemoryReport(InputType type) {
        throw new UnsupportedOperationException("Retort's layers do not use DL4J's input types");
    }

    @Override
    public FusedConfiguration clone() {
        return (FusedConfiguration) super.clone();
    }

    @Override
    protected final boolean canEqual(Object other) {
        return other != null && other.getClass() == getClass();
    }

    @Override
    public final boolean equals(Object other) {
        return canEqual(other) && super.equals(other) && settings().equals(((FusedConfiguration) other).settings());
    }

    @Override
    public final int hashCode() {
        return 31 * settings().hashCode() + super.hashCode();
    }
}
