package io.retort.distill.allreduce;

/** A rank cannot go on, for a reason that lies with another one: that failed, is gone, or does not answer. */
public final class GangFailedException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    private final boolean timedOut;

    GangFailedException(String message, Throwable cause, boolean timedOut) {
        super(message, cause);
        this.timedOut = timedOut;
    }

    /** Whether a rank of this JVM waited in vain, so that another one may hang for ever. */
    public boolean isTimedOut() {
        return timedOut;
    }
}
