package io.retort.storage;

/** This process was taken for dead and another has its lease; whatever it was about to publish must not be. */
public final class LeaseLostException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    LeaseLostException(String message) {
        super(message);
    }
}
