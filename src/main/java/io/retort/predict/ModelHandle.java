package io.retort.predict;

import java.io.Serializable;

/** What a process needs to open a {@link Model}: serializable, and the same on every machine. */
public interface ModelHandle extends Serializable {
    /**
     * Changes when, and only when, the model's answers may: a digest of its files and of how they are read. A name in a
     * store.
     */
    String fingerprint();

    /** Whether executors cannot open it. */
    default boolean isForTheDriver() {
        return false;
    }

    /** Opens the model; one call to {@link Model#predict} may use {@code threads} threads. */
    Model open(int threads);

    /**
     * The same model, as it should travel: what is larger than {@link ModelStore#MAX_TRAVELLING_BYTES} is left in a
     * store that executors read, and the rest is part of the handle. One that is small anyway, or knows its files by
     * their paths, is returned as it is.
     */
    default ModelHandle travelling(ModelStore store) {
        return this;
    }
}
