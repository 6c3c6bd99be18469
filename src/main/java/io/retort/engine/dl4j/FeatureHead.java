package io.retort.engine.dl4j;

import java.util.Objects;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.shade.jackson.annotation.JsonIgnoreProperties;

/**
 * DL4J configuration of the end of a graph at a tap, of which the labels are what a teacher's tap says.
 *
 * <p>It exists in training only and is not written as JSON: the objective would be lost.
 */
@JsonIgnoreProperties({"objective", "image"})
final class FeatureHead extends Head {
    private static final long serialVersionUID = 1L;

    private TapObjective objective;
    private boolean image;

    static FeatureHead of(TapHead tap, boolean image) {
        FeatureHead head = new FeatureHead();
        head.objective = tap.objective();
        head.image = image;
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
    HeadLayer newLayer(NeuralNetConfiguration configuration, DataType type) {
        return new FeatureHeadLayer(configuration, type, this);
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
    public int hashCode() {
        return Objects.hash(FeatureHead.class, objective);
    }
}
