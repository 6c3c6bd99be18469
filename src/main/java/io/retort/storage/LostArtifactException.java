package io.retort.storage;

/** A file of the store that is missing, or was damaged and has been set aside: whoever starts again makes it again. The message names it. */
public final class LostArtifactException extends ArtifactException {
    private static final long serialVersionUID = 1L;

    public LostArtifactException(String message) {
        super(message);
    }

    public LostArtifactException(String message, Throwable cause) {
        super(message, cause);
    }
}
