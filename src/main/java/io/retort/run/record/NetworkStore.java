package io.retort.run.record;

import io.retort.distill.Trainer.TrainingCurve;
import io.retort.distill.Trainer.TrainingResult;
import io.retort.network.NetworkFiles;
import io.retort.storage.ArtifactException;
import io.retort.storage.Json;
import io.retort.storage.Storage;
import java.util.Optional;
import org.apache.hadoop.fs.Path;

/** Trained networks under a root: {@code <root>/store/networks/<fingerprint of the training>/}, each with its curve. */
public final class NetworkStore {
    private static final String CURVE = "curve.json";

    private final Storage storage;
    private final Path directory;

    public NetworkStore(Storage storage, Path root) {
        this.storage = storage;
        this.directory = new Path(root, "store/networks");
    }

    Path path(String fingerprint) {
        return new Path(directory, fingerprint);
    }

    /**
     * The network that was trained under this fingerprint, if there is one and it is whole. A damaged one is trained
     * again; one without a curve, as earlier versions left them, is used without.
     */
    public Optional<TrainingResult> find(String fingerprint) {
        Path path = path(fingerprint);
        if (!NetworkFiles.exists(storage, path)) {
            return Optional.empty();
        }
        try {
            return Optional.of(new TrainingResult(
                    NetworkFiles.read(storage, path),
                    Json.find(storage, new Path(path, CURVE), TrainingCurve.class)
                            .orElseGet(TrainingCurve::none)));
        } catch (ArtifactException e) {
            return Optional.empty();
        }
    }

    /** The curve comes first, for a network's own last file completes it. */
    public void write(String fingerprint, TrainingResult trained) {
        storage.write(new Path(path(fingerprint), CURVE), Json.file(trained.curve()));
        NetworkFiles.write(trained.network(), storage, path(fingerprint));
    }
}
