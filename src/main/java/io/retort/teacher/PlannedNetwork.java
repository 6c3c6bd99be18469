package io.retort.teacher;

import io.retort.data.LabelColumns;
import io.retort.data.Schema;
import io.retort.distill.TrainingSettings;
import io.retort.distill.loss.LossSettings;
import io.retort.network.InputScaling;
import io.retort.network.OutputScaling;
import io.retort.network.Structure;
import io.retort.network.zoo.Architecture;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A network that a teacher is made of, before anything is trained.
 *
 * @param title what progress, manifest and report call it
 * @param training how it comes about; nothing of a network that is saved already
 */
public record PlannedNetwork(String title, Structure structure, Optional<Training> training) {
    /**
     * How a network of a teacher is trained.
     *
     * @param losses what it minimises
     * @param taughtBy titles of the networks whose soft labels it learns from; none of one that learns from the labels
     *     alone
     */
    public record Training(TrainingSettings settings, List<LossSettings> losses, long seed, List<String> taughtBy) {
        public Training {
            losses = List.copyOf(losses);
            taughtBy = List.copyOf(taughtBy);
        }
    }

    /** What an architecture makes of the data. */
    public static Structure structure(Architecture architecture, Schema schema, InputScaling scaling) {
        Structure structure = schema.hasTexts()
                ? architecture.buildForTexts(schema.vocabulary(), schema.shape().elements(), schema.classes())
                : architecture.build(schema.shape(), schema.classes());
        if (schema.target().kind() == LabelColumns.Kind.NUMBERS) {
            OutputScaling.obstacle(structure).ifPresent(obstacle -> {
                throw new IllegalArgumentException(obstacle);
            });
        }
        return structure.withScaling(scaling).withSignature(schema.signature());
    }

    /** Makes a part of the plan, and says of which part a refusal is. */
    public static <T> T fitting(String where, String what, Supplier<T> part) {
        try {
            return part.get();
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(where + " does not fit " + what + ": " + e.getMessage(), e);
        }
    }
}
