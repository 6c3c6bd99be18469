package io.retort.storage;

/** A stored file (shard, labels, network, source) is missing, damaged or of another kind. The message names it. */
public class ArtifactException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public ArtifactException(String message) {
        super(message);
    }

    public ArtifactException(String message, Throwable cause) {
        super(message, cause);
    }

    /** A file of the store is missing, or damaged and set aside: another start makes it again. The message names it. */
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
