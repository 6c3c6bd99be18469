package io.retort.pipeline;

import io.retort.data.Schema;
import io.retort.network.InputScaling;
import io.retort.network.Network;
import io.retort.network.NetworkFiles;
import io.retort.network.Shape;
import io.retort.network.Structure;
import io.retort.network.Vocabulary;
import io.retort.network.zoo.ArchitectureSettings;
import io.retort.storage.Storage;
import java.util.Optional;
import org.apache.hadoop.fs.Path;

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

    /** A network that is to be trained. */
    public PlannedNetwork trained(ArchitectureSettings architecture, PlannedNetwork.Training training) {
        return Plan.fitting(title, "the data", () -> {
            training.settings().views().views(viewSeed, schema.shape());
            return new PlannedNetwork(title, Plan.structure(architecture, schema, scaling), Optional.of(training));
        });
    }

    /** Of texts whose tokens are not counted yet, it is not known. */
    private void requireVocabulary(Structure saved, String from) {
        Vocabulary known = saved.vocabulary().orElseGet(Vocabulary::none);
        if (known.isNone() == schema.hasTexts()) {
            throw new IllegalArgumentException(path + ".from: the saved network takes "
                    + (known.isNone() ? "numbers, but the data has texts" : "texts, but the data has numbers"));
        }
        if (!known.equals(schema.vocabulary()) && !schema.vocabulary().isStandIn()) {
            throw new IllegalArgumentException(path + ".from: the saved network has another vocabulary than the data;"
                    + " let the data have its, by data.train.vocabulary-file = \"" + from + "/" + Vocabulary.FILE
                    + "\"");
        }
    }

    /** A network that an earlier run left. */
    public Network saved(String from) {
        Network saved = NetworkFiles.read(storage, new Path(from));
        Shape input = saved.structure().input();
        int classes = saved.structure().classes();
        if (!input.equals(schema.shape()) || classes != schema.classes()) {
            throw new IllegalArgumentException(path + ".from: the saved network takes " + input + " and knows "
                    + classes + " classes, the data has " + schema.shape() + " and " + schema.classes());
        }
        requireVocabulary(saved.structure(), from);
        return saved;
    }
}
