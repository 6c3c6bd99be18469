package io.retort.teacher;

import io.retort.data.LabelColumns;
import io.retort.data.Schema;
import io.retort.network.InputScaling;
import io.retort.network.Network;
import io.retort.network.zoo.Architecture;
import io.retort.storage.Storage;
import io.retort.teacher.PlannedTeacher.PlannedNetwork;
import java.util.Optional;

/**
 * What a teacher is planned with.
 *
 * @param title what the network is called that is planned, such as {@code teacher} or {@code teacher member 2}
 * @param path where the recipe speaks of it, such as {@code teacher} or {@code teacher.members[1]}
 * @param storage of saved networks
 * @param schema of the training samples
 * @param scaling that becomes part of networks that are trained
 * @param viewSeed of the augmentations
 */
public record TeacherPlanning(
        String title, String path, Storage storage, Schema schema, InputScaling scaling, long viewSeed) {

    /** The same for a part of the teacher. */
    public TeacherPlanning part(String name, String key) {
        return new TeacherPlanning(title + " " + name, path + "." + key, storage, schema, scaling, viewSeed);
    }

    /** Refuses data whose rows have no class each, for a teacher that knows nothing else. */
    void requireOneClass() {
        if (!schema.target().isOneClass()) {
            throw new RecipeMismatchException(new RecipeMismatchException.Misfit(
                    path,
                    "gives scores of classes of which a row has one, but the labels of the data are "
                            + schema.target().names() + " together; use a teacher of kind network"));
        }
    }

    /** Refuses data whose labels are no amounts, for a teacher that gives amounts. */
    void requireNumbers() {
        if (schema.target().kind() != LabelColumns.Kind.NUMBERS) {
            throw new RecipeMismatchException(new RecipeMismatchException.Misfit(
                    path + ".output",
                    "must not be numbers, for the labels of the data are classes; set it to probabilities, logits,"
                            + " log-probabilities or label"));
        }
    }

    /** Refuses vectors of this width where students are to have wider ones. */
    void requireVectors(int width) {
        if (schema.classes() > width) {
            throw new RecipeMismatchException(new RecipeMismatchException.Misfit(
                    "data.embedding.dimension",
                    "must be at most " + width + ", the width of the teacher's vectors, was " + schema.classes()));
        }
    }

    /** A network that is to be trained. */
    public PlannedNetwork trained(Architecture architecture, PlannedNetwork.Training training) {
        return PlannedNetwork.fitting(title, "the data", () -> {
            training.settings().views().views(viewSeed, schema);
            training.losses().forEach(loss -> loss.requireFits(schema.target()));
            return new PlannedNetwork(
                    title, PlannedNetwork.structure(architecture, schema, scaling), Optional.of(training));
        });
    }

    /** A network that an earlier run left. */
    public Network saved(String from) {
        return SavedNetwork.read(storage, schema, from, path);
    }
}
