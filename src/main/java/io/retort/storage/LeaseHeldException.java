package io.retort.storage;

/** Another process holds the lease, and the wait for it is over. The message says who and since when. */
public final class LeaseHeldException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    LeaseHeldException(String message) {
        super(message);
    }
}
