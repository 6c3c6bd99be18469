package io.retort.distill.loss;

import io.retort.network.Shape;
import io.retort.network.ShapeException;

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
