package io.retort.data;

import java.io.Serializable;
import org.apache.hadoop.fs.Path;

/**
 * A file of a source, as it was when the source was looked at.
 *
 * @param length in bytes
 * @param modified milliseconds since 1970
 */
public record SourceFile(String name, long length, long modified) implements Serializable {
    public Path path() {
        return new Path(name);
    }
}
