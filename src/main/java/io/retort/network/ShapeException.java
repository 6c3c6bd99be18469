package io.retort.network;

/** Shapes that do not fit together. The message names the place, both shapes, and what would fit. */
public final class ShapeException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    public ShapeException(String message) {
        super(message);
    }

    /** @param what names the place */
    static void requirePositive(String what, int value) {
        if (value < 1) {
            throw new ShapeException(what + " must be at least 1, was " + value);
        }
    }
}
