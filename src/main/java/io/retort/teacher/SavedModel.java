package io.retort.teacher;

import io.retort.network.Signature;
import io.retort.storage.Storage;
import java.util.Optional;

/**
 * A model that is there before the run, at a path that the recipe names. What lies there is part of what the run
 * depends on.
 */
public interface SavedModel {
    /** The directory or the file. */
    String path();

    /** The digest of all files that the model is read from. */
    String digest(Storage storage);

    /** Why there is no such model at the path, found without reading it whole; nothing where there may be one. */
    Optional<String> problem(Storage storage);

    /** What its inputs and outputs are called; nothing where there is no such model, or it does not say. */
    default Signature signature(Storage storage) {
        return Signature.none();
    }
}
