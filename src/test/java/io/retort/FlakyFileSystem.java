package io.retort;

import java.io.IOException;
import java.net.URI;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;

/** The local file system under the scheme {@code flaky}, where reading a Parquet file fails as often as {@link #failNext} says, and removing any but a lease's as {@link #failDeletesAfter} says. */
public final class FlakyFileSystem extends RawLocalFileSystem {
    private static final AtomicInteger FAILURES = new AtomicInteger();
    private static final AtomicInteger DELETES = new AtomicInteger(-1);

    /** Settings with which Hadoop knows the scheme. */
    public static Configuration configuration() {
        Configuration configuration = new Configuration();
        configuration.set("fs.flaky.impl", FlakyFileSystem.class.getName());
        configuration.set("fs.flaky.impl.disable.cache", "true");
        return configuration;
    }

    public static Path path(java.nio.file.Path local) {
        return new Path("flaky://" + local.toAbsolutePath());
    }

    public static void failNext(int reads) {
        FAILURES.set(reads);
    }

    /** How many of the failures are still to come. */
    public static int left() {
        return Math.max(0, FAILURES.get());
    }

    /** All removals fail but the next {@code count}; a negative number lets all succeed. */
    public static void failDeletesAfter(int count) {
        DELETES.set(count);
    }

    @Override
    public boolean delete(Path path, boolean recursive) throws IOException {
        boolean ofALease = path.toString().contains("/leases/");
        if (!ofALease && DELETES.getAndUpdate(left -> left > 0 ? left - 1 : left) == 0) {
            throw new IOException("the disk is away");
        }
        return super.delete(path, recursive);
    }

    @Override
    public URI getUri() {
        return URI.create("flaky:///");
    }

    @Override
    public String getScheme() {
        return "flaky";
    }

    @Override
    public FSDataInputStream open(Path path, int bufferBytes) throws IOException {
        if (path.getName().endsWith(".parquet") && FAILURES.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
            throw new IOException("the disk is away");
        }
        return super.open(path, bufferBytes);
    }
}
