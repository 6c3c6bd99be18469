package io.retort.predict;

import io.retort.storage.ArtifactException;
import io.retort.storage.Storage;
import io.retort.storage.StoreReferences;
import java.util.List;
import org.apache.commons.codec.digest.DigestUtils;
import org.apache.hadoop.fs.Path;

/**
 * Models that are too large to travel with a job, under {@code <root>/store/models/<digest>/}, from where each machine
 * of the cluster takes them once.
 *
 * <p>A copy of what the driver has, so it may be removed at any time that no run uses it.
 *
 * @param use is told of each model before it is looked for
 */
public record ModelStore(Storage storage, Path root, StoreReferences use) {
    /**
     * The largest model that travels in a broadcast. An executor then has it three times on its heap for a moment: as
     * the broadcast's blocks, as the bytes of the handle, and in ONNX Runtime's hands; 96 MiB of at least 1,024 go
     * unnoticed, and a gigabyte would not. A smaller model as a file would cost each machine a look into the store, a
     * copy and a proof of it for nothing.
     */
    public static final int MAX_TRAVELLING_BYTES = 32 << 20;

    private static final String FILE = "model.onnx";

    /** The model as a file of the store, written if it is not there. */
    public ModelFiles put(byte[] model) {
        String sha256 = DigestUtils.sha256Hex(model);
        String entry = "store/models/" + sha256.substring(0, 32);
        use.announce(List.of(entry));
        Path directory = new Path(root, entry);
        ModelFiles.Content content = new ModelFiles.Content(FILE, model.length, sha256);
        if (!holds(directory, content)) {
            storage.write(new Path(directory, FILE), model);
        }
        return new ModelFiles(storage, directory.toString(), List.of(content));
    }

    /** The file is read as a whole: a damaged one would otherwise stay for ever. */
    private boolean holds(Path directory, ModelFiles.Content content) {
        try {
            return storage.exists(new Path(directory, FILE))
                    && ModelFiles.of(storage, directory, List.of(FILE))
                            .contents()
                            .contains(content);
        } catch (ArtifactException e) {
            return false;
        }
    }
}
