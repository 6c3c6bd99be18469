package io.retort.pipeline;

import io.retort.data.Schema;
import io.retort.network.InputScaling;
import io.retort.network.Network;
import io.retort.network.NetworkFiles;
import io.retort.network.Shape;
import io.retort.network.Structure;
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
            Structure structure =
                    architecture.build(schema.shape(), schema.classes()).withScaling(scaling);
            return new PlannedNetwork(title, structure, Optional.of(training));
        });
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
        return saved;
    }
}
