/**
 * The directory of a run, its manifest, log and references into the store, by which a later run finds that
 * it has nothing to do. Imports recipe and storage.
 */
package io.retort.run.record;
