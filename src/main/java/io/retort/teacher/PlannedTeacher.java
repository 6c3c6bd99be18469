package io.retort.teacher;

import io.retort.data.LabelColumns;
import io.retort.data.Schema;
import io.retort.distill.TrainingSettings;
import io.retort.distill.loss.LossSettings;
import io.retort.label.TextLengths;
import io.retort.network.InputScaling;
import io.retort.network.OutputScaling;
import io.retort.network.Shape;
import io.retort.network.Structure;
import io.retort.network.zoo.Architecture;
import io.retort.predict.Model.ModelFacts;
import io.retort.predict.Model.ModelHandle;
import io.retort.predict.OutputKind;
import io.retort.predict.ProbeReport;
import io.retort.storage.ArtifactException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.function.Supplier;

/**
 * A teacher as its recipe and the data determine it, before anything is trained. Titles of its networks and models are
 * unique.
 */
public interface PlannedTeacher {
    /** All networks that are trained or read for it, in that order. */
    default List<PlannedNetwork> networks() {
        return List.of();
    }

    /** The models from elsewhere that it is made of. */
    default List<PlannedModel> models() {
        return List.of();
    }

    /** The titles of those networks and models that are asked for each row in the end: its models. */
    default List<String> labellers() {
        return models().stream().map(PlannedModel::title).toList();
    }

    /** The network that is the whole teacher, where a student may begin; nothing where there is no such network. */
    default Optional<PlannedNetwork> network() {
        return Optional.empty();
    }

    /** The shape of each node that students' losses may compare; none where it has no taps. */
    default Map<String, Shape> taps() {
        return Map.of();
    }

    /** Whether labels of training rows are needed to make it. */
    default boolean learnsFromLabels() {
        return networks().stream().anyMatch(network -> network.training().isPresent());
    }

    /** Why it labels rows only as they are, and in no other view, to follow "for"; nothing where it labels any view. */
    default Optional<String> plainOnly() {
        return Optional.empty();
    }

    /** Trains what is to be trained. */
    TrainedTeacher make(TeacherTrainer workshop);

    /**
     * A model of a teacher that was made elsewhere: it is asked, and nothing is known of its layers.
     *
     * @param title what progress, manifest and report call it
     * @param model gives its output as it is
     * @param otherScales the same with another scale of an input, by what its recipe would have
     * @param kind of the output, where the recipe declares it
     * @param description what its file shows, for people
     * @param texts gives the lengths of the texts that it reads; nothing where it reads no tokens
     * @param embedding the width of what it gives, where that is no scores but features for a classifier
     */
    record PlannedModel(
            String title,
            ModelHandle model,
            Map<String, ModelHandle> otherScales,
            ModelFacts facts,
            Optional<OutputKind> kind,
            List<String> description,
            Optional<TextLengths> texts,
            OptionalInt embedding) {
        public PlannedModel {
            otherScales = new TreeMap<>(otherScales);
            description = List.copyOf(description);
        }

        /** A model that gives scores and reads no tokens. */
        public PlannedModel(
                String title,
                ModelHandle model,
                Map<String, ModelHandle> otherScales,
                ModelFacts facts,
                Optional<OutputKind> kind,
                List<String> description) {
            this(title, model, otherScales, facts, kind, description, Optional.empty(), OptionalInt.empty());
        }
    }

    /**
     * A network that a teacher is made of, before anything is trained.
     *
     * @param title what progress, manifest and report call it
     * @param training how it comes about; nothing of a network that is saved already
     */
    record PlannedNetwork(String title, Structure structure, Optional<Training> training) {
        /**
         * How a network of a teacher is trained.
         *
         * @param losses what it minimises
         * @param taughtBy titles of the networks whose soft labels it learns from; none of one that learns from the
         *     labels alone
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
                    ? architecture.buildForTexts(
                            schema.vocabulary(), schema.shape().elements(), schema.classes())
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

    /**
     * A teacher that is one model from elsewhere without taps.
     *
     * @param what it is, for messages
     * @param reason why it labels rows only as they are, to follow "for"; empty where it labels any view
     * @param ready what becomes of it once a probe has found nothing wrong
     */
    record PlannedAsked(
            PlannedModel model,
            String what,
            String reason,
            BiFunction<TeacherTrainer, ProbeReport, TrainedTeacher> ready)
            implements PlannedTeacher {
        @Override
        public List<PlannedModel> models() {
            return List.of(model);
        }

        @Override
        public Optional<String> plainOnly() {
            return Optional.of(reason).filter(text -> !text.isEmpty());
        }

        @Override
        public TrainedTeacher make(TeacherTrainer workshop) {
            ProbeReport found = workshop.probe(model);
            found.refusal().ifPresent(message -> {
                throw new ArtifactException(model.title() + ", " + what + ": " + message);
            });
            return ready.apply(workshop, found);
        }
    }
}
