package io.retort.engine.dl4j;

import java.util.Collection;
import java.util.Objects;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.shade.jackson.annotation.JsonIgnoreProperties;

/**
 * DL4J configuration of the end of a graph at a tap, of which the labels are what a teacher's tap says. As {@link LogitsHead}, it sends back the gradient of the batch
 * mean and leaves the labels to their owner.
 *
 * <p>It exists in training only and is not written as JSON: the objective would be lost.
 */
@JsonIgnoreProperties({"objective", "image"})
final class FeatureHead extends LossLayer {
    private static final long serialVersionUID = 1L;

    private TapObjective objective;
    private boolean image;

    static FeatureHead of(TapHead tap, boolean image) {
        FeatureHead head = new FeatureHead();
        head.objective = tap.objective();
        head.image = image;
        head.setActivationFn(new ActivationIdentity());
        return head;
    }

    TapObjective objective() {
        return objective;
    }

    /** Whether the features are images, with channels last. */
    boolean isOfImages() {
        return image;
    }

    @Override
    public Layer instantiate(
            NeuralNetConfiguration configuration,
            Collection<TrainingListener> listeners,
            int index,
            INDArray parameters,
            boolean initialise,
            DataType type) {
        FeatureHeadLayer layer = new FeatureHeadLayer(configuration, type, this);
        layer.setListeners(listeners);
        layer.setIndex(index);
        layer.setParamsViewArray(parameters);
        layer.setParamTable(initializer().init(configuration, parameters, initialise));
        layer.setConf(configuration);
        return layer;
    }

    @Override
    public FeatureHead clone() {
        return (FeatureHead) super.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof FeatureHead that && super.equals(other) && Objects.equals(objective, that.objective);
    }

    @Override
    protected boolean canEqual(Object other) {
        return other instanceof FeatureHead;
    }

    @Override
    public int hashCode() {
        return Objects.hash(FeatureHead.class, objective);
    }
}
