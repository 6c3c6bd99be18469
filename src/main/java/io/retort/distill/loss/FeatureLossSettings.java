package io.retort.distill.loss;

import io.retort.config.SettingException;
import io.retort.distill.loss.geometry.Grid;
import io.retort.engine.Tap;
import io.retort.network.Shape;
import java.io.Serializable;
import java.util.List;

/** The settings of a loss that compares pairs of taps; where it names several, their losses are added. */
public interface FeatureLossSettings extends LossSettings {
    FeatureLoss createForTaps();

    @Override
    default LogitLoss create() {
        throw new IllegalStateException("this loss compares taps, not logits");
    }

    /**
     * How the loss reads the teacher's tap; by default the features, averaged to the student's grid where that is
     * possible.
     *
     * @throws io.retort.network.ShapeException where the two shapes cannot be aligned
     */
    default Tap reading(TapPair pair, Shape teacher, Shape student) {
        Grid grid = Grid.common(teacher, student).orElse(Grid.of(teacher));
        return Tap.features(pair.teacher(), teacher, grid.height(), grid.width());
    }

    /** The layer that gives the student's features the teacher's channels before they are compared. */
    default Connector connector() {
        return Connector.NONE;
    }

    /** The layer between a student's tap and a loss. */
    enum Connector {
        NONE,
        /** A 1×1 convolution for images, a dense layer for vectors, each with bias. */
        LEARNED
    }

    /**
     * A node of the teacher's network and one of the student's whose outputs a loss compares.
     *
     * @param teacher name of a node of the teacher's structure, such as {@code block3.relu}
     * @param student name of a node of the student's structure
     */
    record TapPair(String teacher, String student) implements Serializable {
        /** A copy of the pairs of a loss that has nothing else to compare. */
        static List<TapPair> some(List<TapPair> pairs) {
            if (pairs.isEmpty()) {
                throw new SettingException(
                        "pairs",
                        "must name at least one pair of taps, such as"
                                + " [{ teacher = block3.relu, student = block2.relu }]");
            }
            return List.copyOf(pairs);
        }

        @Override
        public String toString() {
            return "teacher '" + teacher + "' and student '" + student + "'";
        }
    }
}
