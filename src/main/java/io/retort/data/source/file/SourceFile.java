package io.retort.data.source.file;

import io.retort.storage.Digest;
import io.retort.storage.Fingerprinted;
import java.io.Serializable;
import org.apache.hadoop.fs.Path;

/**
 * A file of a source, as it was when the source was looked at.
 *
 * @param name the whole path
 * @param within the path below the directory, or below the fixed part of the pattern, that the recipe names; of a file
 *     that the recipe names, its name. It stays the same when the source is moved, and whatever other files there are
 * @param length in bytes
 * @param modified milliseconds since 1970
 */
public record SourceFile(String name, String within, long length, long modified)
        implements Serializable, Fingerprinted {
    public Path path() {
        return new Path(name);
    }

    /** Where it is within the source only decides the ids of its samples. */
    @Override
    public void addTo(Digest digest) {
        digest.add("file/1").add(name).add(length).add(modified);
    }
}
