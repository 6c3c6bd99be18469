package io.retort.data;

import java.io.Serializable;
import java.util.List;

/**
 * A part of a source that one task reads: a file, or files that belong together.
 *
 * @param firstId the id of the split's first sample where the source has no ids of its own; the others count on from it. It is a function of the
 *     file's name, so that a new file leaves the ids of the others alone
 */
public record Split(List<SourceFile> files, long firstId) implements Serializable {
    public Split {
        files = List.copyOf(files);
    }
}
