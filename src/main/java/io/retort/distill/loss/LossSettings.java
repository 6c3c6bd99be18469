package io.retort.distill.loss;

import io.retort.config.Names;
import io.retort.config.SettingException;
import io.retort.data.LabelColumns;
import io.retort.data.Labels.LabelCounts;
import io.retort.data.Target;
import io.retort.distill.loss.FeatureLoss.Settings.TapPair;
import io.retort.distill.schedule.Schedule;
import java.io.Serializable;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** The settings of one loss in a recipe. */
public interface LossSettings extends Serializable {
    /** The factor of the loss in the sum of losses, over the training. */
    Schedule weight();

    /** The loss over logits. */
    LogitLoss create();

    /** The taps that the loss compares; none for a loss over logits. */
    default List<TapPair> pairs() {
        return List.of();
    }

    /** Where the loss gets its truth from. */
    default Source source() {
        return Source.TEACHER;
    }

    /** The kinds of labels for which the loss is made; it need not read them. */
    default Set<LabelColumns.Kind> targets() {
        return EnumSet.allOf(LabelColumns.Kind.class);
    }

    /**
     * Refuses a target for which the loss is not made.
     *
     * @throws IllegalArgumentException naming the setting
     */
    default void requireFits(Target target) {
        if (!targets().contains(target.kind())) {
            throw new IllegalArgumentException(
                    "loss '" + Losses.CATALOGUE.kindOf(this).name() + "' is for target = "
                            + targets().stream().sorted().map(Names::kebab).collect(Collectors.joining(" or "))
                            + ", but the data has target = " + Names.kebab(target.kind()) + "; for that there are "
                            + Losses.of(target.kind()));
        }
    }

    /** The loss for data with these labels, where its settings leave something to them. */
    default LossSettings fitted(LabelCounts labels) {
        return this;
    }

    /** Whether the loss compares the rows of a batch with each other, so that a batch must not be cut. */
    default boolean comparesRows() {
        return false;
    }

    /** Whether the loss is in nats; otherwise it has no unit that a sum of losses could have. */
    default boolean inNats() {
        return false;
    }

    /** Settings of a loss of the labels. */
    interface FromLabels extends LossSettings {
        @Override
        default Source source() {
            return Source.LABELS;
        }
    }

    /** Settings of a loss in nats, over the logits of classes of which a row has one. */
    interface OfClasses extends LossSettings {
        @Override
        default Set<LabelColumns.Kind> targets() {
            return Set.of(LabelColumns.Kind.CLASS);
        }

        @Override
        default boolean inNats() {
            return true;
        }
    }

    /** Where a loss gets its truth from. */
    enum Source {
        /**
         * From the labels: {@code (1 / n) · Σ loss(row)}, where the sum runs over the rows of the batch that have a
         * label and n counts all rows of the batch.
         *
         * <p>So each row weighs the same in each term of a sum of losses, whatever batch it is in and however many
         * labels that has; a batch without any label has the loss 0. The parts of a batch add up to it, on one machine
         * or on many, and its mean over an epoch is that over the data: the loss of the labelled rows times their share
         * of all. Dividing by the labelled rows of the batch instead would let a row weigh the more the fewer labels
         * its batch happens to have, and would need to know all of the batch in each part of it.
         */
        LABELS,
        /** From the teacher, for every row. */
        TEACHER
    }

    /** Refuses a weight that is ever negative, infinite or NaN. */
    static void requireWeight(Schedule weight) {
        requireFactor("weight", weight.from());
        requireFactor("weight", weight.to());
    }

    /** Refuses a factor of a part of a loss that is negative, infinite or NaN. */
    static void requireFactor(String name, double factor) {
        if (!(factor >= 0 && factor < Double.POSITIVE_INFINITY)) {
            throw new SettingException(name, "must be finite and >= 0, was " + factor);
        }
    }

    /** Refuses a temperature that is ever not positive, infinite or NaN. */
    static void requireTemperature(Schedule temperature) {
        for (double bound : new double[] {temperature.from(), temperature.to()}) {
            if (!(bound > 0 && bound < Double.POSITIVE_INFINITY)) {
                throw new SettingException("temperature", "must be finite and > 0, was " + bound);
            }
        }
    }
}
