package io.retort.compress;

/**
 * A network of this structure, or with these weights, cannot be compressed as far as a stage was asked to. The message begins with the key that asks for it
 * and says how far it goes.
 */
public final class UnreachableException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    public UnreachableException(String message) {
        super(message);
    }
}
