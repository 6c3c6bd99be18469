package io.retort.data;

import java.io.Serializable;
import org.apache.hadoop.fs.Path;

/**
 * A file of a source, as it was when the source was looked at.
 *
 * @param name the whole path
 * @param within the path below the directory, or below the fixed part of the pattern, that the recipe names; of a file that the recipe names, its
 *     name. It stays the same when the source is moved, and whatever other files there are
 * @param length in bytes
 * @param modified milliseconds since 1970
 */
public record SourceFile(String name, String within, long length, long modified) implements Serializable {
    public Path path() {
        return new Path(name);
    }
}
