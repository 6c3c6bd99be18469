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

    /** A file of the store that is missing, or was damaged and has been set aside: whoever starts again makes it again. The message names it. */
    public static final class Lost extends ArtifactException {
        private static final long serialVersionUID = 1L;

        public Lost(String message) {
            super(message);
        }

        public Lost(String message, Throwable cause) {
            super(message, cause);
        }
    }
}
