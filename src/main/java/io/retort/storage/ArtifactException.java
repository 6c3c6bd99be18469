package io.retort.storage;

/** A stored artifact (shard, label file, network, manifest, source file) that is missing, damaged or not what it claims to be. The message names it. */
public class ArtifactException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public ArtifactException(String message) {
        super(message);
    }

    public ArtifactException(String message, Throwable cause) {
        super(message, cause);
    }
}
