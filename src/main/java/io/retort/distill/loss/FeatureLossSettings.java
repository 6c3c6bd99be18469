package io.retort.distill.loss;

import io.retort.engine.Tap;
import io.retort.network.Shape;

/** The settings of a loss that compares pairs of taps; where it names several, their losses are added. */
public interface FeatureLossSettings extends LossSettings {
    FeatureLoss createForTaps();

    @Override
    default LogitLoss create() {
        throw new IllegalStateException("this loss compares taps, not logits");
    }

    @Override
    default Source source() {
        return Source.TEACHER;
    }

    /**
     * What the loss reads of the teacher's tap. Here: the features, averaged to the student's grid where that is possible.
     *
     * @throws io.retort.network.ShapeException where the two shapes cannot be aligned
     */
    default Tap reading(TapPair pair, Shape teacher, Shape student) {
        Grid grid = Grid.common(teacher, student).orElse(Grid.of(teacher));
        return Tap.features(pair.teacher(), teacher, grid.height(), grid.width());
    }

    /** Whether the student's features go through a learned connector, which gives them the teacher's channels, before they are compared. */
    default Connector connector() {
        return Connector.NONE;
    }

    /** What is between a student's tap and a loss. */
    enum Connector {
        NONE,
        /** A 1×1 convolution for images, a dense layer for vectors, each with bias. */
        LEARNED
    }
}
