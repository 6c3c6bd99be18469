package io.retort.data.source.file;

import io.retort.storage.Digest;
import io.retort.storage.Fingerprinted;
import java.io.Serializable;
import java.util.List;

/**
 * A part of a source that one task reads: a file, or files that belong together.
 *
 * @param firstId the id of the split's first sample where the source has no ids of its own; the others count on from
 *     it. It is a function of the file's name, so that a new file leaves the ids of the others alone
 */
public record Split(List<SourceFile> files, long firstId) implements Serializable, Fingerprinted {
    public Split {
        files = List.copyOf(files);
    }

    @Override
    public void addTo(Digest digest) {
        digest.add("split/1").add(firstId).addAll(files);
    }
}
