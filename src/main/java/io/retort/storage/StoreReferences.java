package io.retort.storage;

import java.util.List;

/** Receives the entries that a run is going to look for in the store, so that none is removed before its use. */
@FunctionalInterface
public interface StoreReferences {
    /** Announces nothing: for a root that is never cleaned meanwhile. */
    StoreReferences UNANNOUNCED = entries -> {};

    /**
     * Returns once the entries are safe from removal, whether they exist already or not.
     *
     * @param entries paths below the root, such as {@code store/networks/<fingerprint>}
     */
    void announce(List<String> entries);
}
