package io.retort.registry;

import java.io.IOException;
import java.net.URI;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.util.Progressable;

/**
 * The local file system under the scheme {@code crash}, which after so many changes lets through none: as if the
 * process had been killed there.
 */
public final class CrashingFileSystem extends RawLocalFileSystem {
    private static final AtomicInteger LEFT = new AtomicInteger();

    static Configuration configuration() {
        Configuration configuration = new Configuration();
        configuration.set("fs.crash.impl", CrashingFileSystem.class.getName());
        configuration.set("fs.crash.impl.disable.cache", "true");
        return configuration;
    }

    static Path path(java.nio.file.Path local) {
        return new Path("crash://" + local.toAbsolutePath());
    }

    static void crashAfter(int changes) {
        LEFT.set(changes);
    }

    @Override
    public URI getUri() {
        return URI.create("crash:///");
    }

    @Override
    public String getScheme() {
        return "crash";
    }

    private static void change() throws IOException {
        if (LEFT.getAndUpdate(left -> Math.max(0, left - 1)) == 0) {
            throw new IOException("killed");
        }
    }

    @Override
    public FSDataOutputStream create(
            Path path, boolean overwrite, int bufferSize, short replication, long blockSize, Progressable progress)
            throws IOException {
        change();
        return super.create(path, overwrite, bufferSize, replication, blockSize, progress);
    }

    @Override
    public boolean rename(Path from, Path to) throws IOException {
        change();
        return super.rename(from, to);
    }

    @Override
    public boolean delete(Path path, boolean recursive) throws IOException {
        change();
        return super.delete(path, recursive);
    }
}
