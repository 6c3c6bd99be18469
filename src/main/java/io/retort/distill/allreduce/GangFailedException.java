package io.retort.distill.allreduce;

/** A rank cannot go on, for a reason that lies with another one: that failed, is gone, or does not answer. */
public final class GangFailedException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    GangFailedException(String message, Throwable cause) {
        super(message, cause);
    }
}
