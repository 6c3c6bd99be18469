package io.retort.distill;

import java.util.ArrayList;
import java.util.List;

/**
 * How a training went: one value of each list per epoch, the first epoch first.
 *
 * @param losses {@code Σ loss(row) / rows} over all rows of the epoch, each row at the parameters before the step that
 *     used it, without weight decay and scale penalty; in nats where the losses are, smaller is better
 * @param learningRates of the epoch's last step
 */
public record TrainingCurve(List<Double> losses, List<Double> learningRates) {
    public TrainingCurve {
        losses = List.copyOf(losses);
        learningRates = List.copyOf(learningRates);
        if (losses.size() != learningRates.size()) {
            throw new IllegalArgumentException("a curve must have a learning rate for each loss, has "
                    + learningRates.size() + " for " + losses.size());
        }
        requireFinite("losses", losses);
        requireFinite("learning rates", learningRates);
    }

    /** Before the first epoch. */
    public static TrainingCurve none() {
        return new TrainingCurve(List.of(), List.of());
    }

    public int epochs() {
        return losses.size();
    }

    /** The curve with one more epoch. */
    public TrainingCurve with(double loss, double learningRate) {
        return new TrainingCurve(appended(losses, loss), appended(learningRates, learningRate));
    }

    private static List<Double> appended(List<Double> values, double value) {
        List<Double> longer = new ArrayList<>(values);
        longer.add(value);
        return longer;
    }

    private static void requireFinite(String name, List<Double> values) {
        if (!values.stream().allMatch(Double::isFinite)) {
            throw new IllegalArgumentException("the " + name + " of a curve must be finite, were " + values);
        }
    }
}
