/**
 * What a run leaves: its directory, manifest, log and references into the store, by which a later run finds that
 * it has nothing to do. Imports recipe and storage.
 */
package io.retort.run.record;
