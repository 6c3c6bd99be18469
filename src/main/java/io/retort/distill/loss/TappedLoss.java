package io.retort.distill.loss;

import io.retort.config.Names;
import io.retort.distill.loss.FeatureLoss.FeatureBatch;
import io.retort.distill.loss.FeatureLoss.Settings.TapPair;
import io.retort.engine.Tap;
import io.retort.engine.TrainableNetwork.TapHead;
import io.retort.network.Shape;
import io.retort.network.ShapeException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/**
 * A loss at one pair of taps whose shapes are known and fit.
 *
 * @param student the student's node
 * @param compared the shape of one sample's features of the student as the loss sees them: behind the connector where
 *     there is one
 * @param teacher how the teacher's tap is read
 */
public record TappedLoss(FeatureLoss.Settings loss, String student, Shape compared, Tap teacher)
        implements TapHead.Loss {
    /**
     * The losses of taps among {@code losses}, in their order and that of their pairs.
     *
     * @param teacherTaps the shape of each node of the teacher
     * @param studentTaps the shape of each node of the student
     * @throws IllegalArgumentException where there is no such tap or two shapes cannot be aligned; the message names
     *     all of it
     */
    public static List<TappedLoss> of(
            List<LossSettings> losses, Map<String, Shape> teacherTaps, Map<String, Shape> studentTaps) {
        List<TappedLoss> tapped = new ArrayList<>();
        for (LossSettings loss : losses) {
            for (TapPair pair : loss.pairs()) {
                tapped.add(of((FeatureLoss.Settings) loss, pair, teacherTaps, studentTaps));
            }
        }
        return List.copyOf(tapped);
    }

    private static TappedLoss of(
            FeatureLoss.Settings loss, TapPair pair, Map<String, Shape> teacherTaps, Map<String, Shape> studentTaps) {
        String kind = Losses.CATALOGUE.kindOf(loss).name();
        if (loss.weight().from() != loss.weight().to()) {
            throw new IllegalArgumentException(
                    "loss '" + kind + "' of taps needs a weight that is a number; only losses of logits"
                            + " have weights that move over the training");
        }
        Shape teacher = shape(kind, "teacher", pair.teacher(), teacherTaps);
        Shape student = shape(kind, "student", pair.student(), studentTaps);
        try {
            Tap reading = loss.reading(pair, teacher, student);
            return new TappedLoss(loss, pair.student(), compared(loss, student, reading), reading);
        } catch (ShapeException e) {
            throw new ShapeException("loss '" + kind + "' cannot align teacher tap '" + pair.teacher() + "' " + teacher
                    + " with student tap '" + pair.student() + "' " + student + ": " + e.getMessage());
        }
    }

    private static Shape compared(FeatureLoss.Settings loss, Shape student, Tap reading) {
        if (loss.connector() == FeatureLoss.Settings.Connector.NONE) {
            return student;
        }
        int channels = reading.shape().channels();
        return student.isImage() ? Shape.image(channels, student.height(), student.width()) : Shape.vector(channels);
    }

    private static Shape shape(String kind, String whose, String tap, Map<String, Shape> taps) {
        Shape shape = taps.get(tap);
        if (shape == null) {
            String meant = Names.nearest(tap, taps.keySet())
                    .map(near -> "; did you mean '" + near + "'?")
                    .orElse(";");
            throw new IllegalArgumentException("loss '" + kind + "' names the " + whose + " tap '" + tap
                    + "', which is no node of the " + whose + "'s network" + meant + " its taps are "
                    + String.join(", ", taps.keySet()));
        }
        return shape;
    }

    /** The channels that the connector gives; nothing where there is no connector. */
    public OptionalInt connectorOutputs() {
        return loss.connector() == FeatureLoss.Settings.Connector.NONE
                ? OptionalInt.empty()
                : OptionalInt.of(compared.channels());
    }

    @Override
    public double evaluate(int batch, double[] studentFeatures, double[] teacherFeatures, double[] gradient) {
        FeatureBatch features = new FeatureBatch(batch, compared, studentFeatures, teacher.shape(), teacherFeatures);
        double weight = loss.weight().at(0); // it does not move
        return weight * loss.createForTaps().evaluate(features, weight, gradient);
    }
}
