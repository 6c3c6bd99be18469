package io.retort.predict;

import java.net.URI;
import org.apache.hadoop.fs.RawLocalFileSystem;

/** A file system that is another machine's, as far as anybody can tell; it is used as {@code fs.elsewhere.impl}. */
public final class Elsewhere extends RawLocalFileSystem {
    @Override
    public URI getUri() {
        return URI.create("elsewhere:///");
    }

    @Override
    public String getScheme() {
        return "elsewhere";
    }
}
