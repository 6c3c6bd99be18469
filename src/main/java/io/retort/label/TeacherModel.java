package io.retort.label;

import io.retort.data.Target;
import io.retort.engine.Tap;
import io.retort.network.Shape;
import io.retort.predict.ModelHandle;
import java.util.List;
import java.util.Map;

/** A model that teaches: one handle for its logits, and others for the values of its taps. */
public interface TeacherModel {
    /** Gives logits {@code [batch, classes]}. */
    ModelHandle logits();

    /** The name under which its labels are stored. */
    default String fingerprint() {
        return logits().fingerprint();
    }

    /** Values of a row. */
    default int width(Target target) {
        return target.outputs();
    }

    /** How they are stored. */
    default Codec codec(LabellingSettings settings, Target target) {
        return settings.codec().codecFor(target);
    }

    /** The shape of each node that can be tapped. */
    default Map<String, Shape> taps() {
        return Map.of();
    }

    /**
     * Gives the values of these taps side by side, {@code [batch, elements of all]}. A tap's values must have the same
     * bits whatever other taps are asked for, since a store may lack one and have the others.
     */
    default ModelHandle taps(List<Tap> taps) {
        throw new IllegalArgumentException("a teacher without taps was asked for " + taps);
    }
}
