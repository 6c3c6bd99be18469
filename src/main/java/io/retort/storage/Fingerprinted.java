package io.retort.storage;

/**
 * A value that names in a store depend on.
 *
 * <p>Its form is explicit: a version, such as {@code schema/1}, then each field that matters, in an order that stays.
 * Names of classes, components and constants of Java are no part of it, and neither is {@code toString}, so that
 * renaming code changes no key. An enum of the recipe counts by its spelling there.
 */
public interface Fingerprinted {
    /** Adds version and fields. A change of either raises the version; {@code FingerprintsTest} holds the keys. */
    void addTo(Digest digest);
}
