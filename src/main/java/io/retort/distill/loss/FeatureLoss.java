package io.retort.distill.loss;

import io.retort.config.SettingException;
import io.retort.engine.Tap;
import io.retort.network.Shape;
import io.retort.network.ShapeException;
import java.io.Serializable;
import java.util.List;

/** A loss over a pair of taps: a mean over the batch, smaller is better. */
@FunctionalInterface
public interface FeatureLoss {
    /**
     * Returns the mean loss of the batch and adds {@code weight} times its gradient by the student's features to
     * {@code gradient}.
     *
     * @param gradient as long as the student's features; the gradient is added to its values
     */
    double evaluate(FeatureBatch batch, double weight, double[] gradient);

    /** The settings of a loss that compares pairs of taps; where it names several, their losses are added. */
    interface Settings extends LossSettings {
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

    /**
     * The input of a loss over a pair of taps: the student's and the teacher's features,
     * {@code [batch, channels, height, width]} or {@code [batch, features]}, row-major, in double precision.
     *
     * <p>It takes its arrays over without a copy; losses only read them.
     *
     * @param size samples
     * @param studentShape of one sample
     * @param teacherShape of one sample
     */
    @SuppressWarnings("ArrayRecordComponent") // bulk numbers on their way to a loss, never compared
    record FeatureBatch(int size, Shape studentShape, double[] student, Shape teacherShape, double[] teacher) {
        public FeatureBatch {
            requireShape("student", size, studentShape, student);
            requireShape("teacher", size, teacherShape, teacher);
        }

        private static void requireShape(String whose, int size, Shape shape, double[] values) {
            if (values.length != size * shape.elements()) {
                throw new ShapeException(whose + " features have " + values.length + " values, " + size + " samples of "
                        + shape + " need " + size * shape.elements());
            }
        }
    }
}
