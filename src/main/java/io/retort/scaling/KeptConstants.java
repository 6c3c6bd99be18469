package io.retort.scaling;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.retort.data.ViewSettings;
import io.retort.distill.TrainingSettings;
import io.retort.distill.loss.LossSettings;
import io.retort.network.NetworkFiles;
import io.retort.pipeline.Kinds;
import io.retort.pipeline.Machine;
import io.retort.pipeline.Recipe;
import io.retort.storage.ArtifactException;
import io.retort.storage.Digest;
import io.retort.storage.Storage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.fs.Path;

/** Constants that were measured before, in {@code <root>/store/constants}, by machine and by what they were measured with. */
public final class KeptConstants {
    private static final ObjectMapper JSON = new ObjectMapper();
    /** Raise it when something else is measured. */
    private static final String VERSION = "constants/4";

    private final Storage storage;
    private final Path path;

    public KeptConstants(Storage storage, Path root, Recipe recipe, PlannedWorkload planned) {
        // Numbers of epochs, samples, shards and seeds change what is planned and not what is measured.
        Digest digest = new Digest()
                .add(VERSION)
                .add(Machine.inference())
                .add(System.getProperty("java.version"))
                .add(planned.schema())
                .add(Kinds.canonical().address((Record) recipe.trainer().identity()))
                .add(recipe.labels().batchSize())
                .add(recipe.evaluation().batchSize());
        planned.structures().forEach((name, structure) -> digest.add(name).add(NetworkFiles.structureJson(structure)));
        planned.teacher()
                .models()
                .forEach(model -> digest.add(model.title()).add(model.model().fingerprint()));
        planned.teacher().networks().stream()
                .flatMap(network -> network.training().stream())
                .forEach(training -> add(digest, training.settings(), training.losses()));
        recipe.students().forEach(student -> add(digest, student.training(), student.losses()));
        this.storage = storage;
        this.path = new Path(root, "store/constants/" + digest.key() + ".json");
    }

    private static void add(Digest digest, TrainingSettings training, List<LossSettings> losses) {
        digest.add(training.batchSize())
                .add(Kinds.canonical().address((Record) training.optimizer()))
                .add(Kinds.canonical()
                        .address(new ViewSettings(
                                training.views().crop(),
                                training.views().flip(),
                                training.views().isPlain() ? 1 : 2)));
        losses.forEach(loss -> digest.add(Kinds.canonical().address((Record) loss)));
    }

    /** Nothing where nothing was measured or what is there cannot be read; then it is measured again. */
    public Optional<Constants> find() {
        if (!storage.exists(path)) {
            return Optional.empty();
        }
        try {
            return Optional.of(JSON.readValue(storage.read(path), Constants.class));
        } catch (IOException | ArtifactException e) {
            return Optional.empty();
        }
    }

    public void keep(Constants constants) {
        try {
            storage.write(path, JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(constants));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + path + ": " + e.getMessage(), e);
        }
    }
}
