package io.retort.data;

import io.retort.storage.Storage;
import java.io.Serializable;
import java.util.List;

/**
 * Reads labelled samples out of files of one format. What is wrong with a file is an
 * {@link io.retort.storage.ArtifactException} that names it.
 */
public interface Reader extends Serializable {
    /** The source's splits in order, at least one. Each is read by one task. */
    List<Split> splits(Storage storage);

    /** What the samples of all splits have in common; it looks no further than the first sample. */
    Schema schema(Storage storage, List<Split> splits);

    /** Opens a split, whose samples must fit {@code schema}. */
    SampleStream open(Storage storage, Split split, Schema schema);
}
