package io.retort.storage;

import java.util.List;

/** Hears what a run is going to look for in the store, before it looks: so that nothing is removed between the look and the use. */
@FunctionalInterface
public interface StoreReferences {
    /** Says nothing to anybody: for a root that is never cleaned meanwhile. */
    StoreReferences UNANNOUNCED = entries -> {};

    /**
     * Returns once the entries are safe from removal, whether they exist already or not.
     *
     * @param entries paths below the root, such as {@code store/networks/<fingerprint>}
     */
    void announce(List<String> entries);
}
