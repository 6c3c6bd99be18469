package io.retort.distill.loss;

import io.retort.distill.loss.FeatureLoss.FeatureBatch;
import io.retort.distill.loss.FeatureLoss.Settings.TapPair;
import io.retort.distill.schedule.Schedule;
import io.retort.engine.Tap;
import io.retort.network.Shape;
import io.retort.network.ShapeException;
import java.util.List;

/**
 * A hint: {@code ½ · mean over elements of (r(S) − T)²}, where r is the learned connector that gives the student's
 * features the teacher's channels (Romero et al. 2015, section 2.2, arXiv:1412.6550).
 *
 * <p>Features are {@code [batch, channels, height, width]} or {@code [batch, features]}. Where the grids differ, the
 * larger is averaged to the smaller, whose sizes must divide it (the paper's regressor is a convolution whose window
 * does that). The paper sums over the elements; the mean's weight does not depend on their number. In squares of the
 * teacher's activations; a mean over the batch; smaller is better. The hint acts beside the other losses from the
 * start, where the paper trains in two stages.
 */
public final class HintLoss implements FeatureLoss {
    /** Kind {@code hint}. */
    public record Settings(Schedule weight, List<TapPair> pairs) implements FeatureLoss.Settings {
        public Settings {
            LossSettings.requireWeight(weight);
            pairs = TapPair.some(pairs);
        }

        /** A weight that does not move. */
        public Settings(double weight, List<TapPair> pairs) {
            this(Schedule.of(weight), pairs);
        }

        @Override
        public FeatureLoss createForTaps() {
            return new HintLoss();
        }

        @Override
        public Connector connector() {
            return Connector.LEARNED;
        }

        @Override
        public Tap reading(TapPair pair, Shape teacher, Shape student) {
            Grid grid = Grid.common(teacher, student)
                    .orElseThrow(() -> new ShapeException(
                            "hint compares two vectors, or two images of which the height and width of one"
                                    + " divide the other's"));
            return Tap.features(pair.teacher(), teacher, grid.height(), grid.width());
        }
    }

    /** The student's features have been through the connector. */
    @Override
    public double evaluate(FeatureBatch batch, double weight, double[] gradient) {
        requireSameChannels(batch);
        Grid grid = Grid.of(batch.studentShape());
        Grid common = Grid.of(batch.teacherShape()); // as the tap is read
        double[] student = grid.averaged(batch.student(), common);
        double[] byStudent = new double[student.length];
        double sum = 0;
        for (int i = 0; i < student.length; i++) {
            double difference = student[i] - batch.teacher()[i];
            sum += difference * difference;
            byStudent[i] = difference / student.length;
        }
        double[] spread = grid.spread(byStudent, common);
        for (int i = 0; i < gradient.length; i++) {
            gradient[i] += weight * spread[i];
        }
        return sum / (2 * student.length);
    }

    private static void requireSameChannels(FeatureBatch batch) {
        if (batch.studentShape().channels() != batch.teacherShape().channels()) {
            throw new ShapeException("a hint compares features of as many channels, was given student features "
                    + batch.studentShape() + " and teacher features " + batch.teacherShape()
                    + "; a connector makes them alike");
        }
    }
}
