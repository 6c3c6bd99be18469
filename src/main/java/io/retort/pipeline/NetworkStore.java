package io.retort.pipeline;

import io.retort.network.Network;
import io.retort.network.NetworkFiles;
import io.retort.storage.ArtifactException;
import io.retort.storage.Storage;
import java.util.Optional;
import org.apache.hadoop.fs.Path;

/** Trained networks under a root: {@code <root>/store/networks/<fingerprint of all that the training depends on>/}. */
final class NetworkStore {
    private final Storage storage;
    private final Path directory;

    NetworkStore(Storage storage, Path root) {
        this.storage = storage;
        this.directory = new Path(root, "store/networks");
    }

    Path path(String fingerprint) {
        return new Path(directory, fingerprint);
    }

    /** The network that was trained under this fingerprint, if there is one and it is whole. A damaged one is trained again. */
    Optional<Network> find(String fingerprint) {
        Path path = path(fingerprint);
        if (!NetworkFiles.exists(storage, path)) {
            return Optional.empty();
        }
        try {
            return Optional.of(NetworkFiles.read(storage, path));
        } catch (ArtifactException e) {
            return Optional.empty();
        }
    }

    void write(String fingerprint, Network network) {
        NetworkFiles.write(network, storage, path(fingerprint));
    }
}
