package io.retort.faults;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.util.Progressable;

/**
 * The local file system under the scheme {@code faulty}, on which operations fail or are held as {@link Faults} orders, in whatever process they are.
 *
 * <p>Orders are files, so that they reach every process, and each is taken by exactly one operation, since a rename has one winner.
 */
public final class FaultyFileSystem extends RawLocalFileSystem {
    static final String SCHEME = "faulty";
    static final String CONTROL = "fs.faulty.control";

    /** An operation that is held looks this often whether it may go on. */
    private static final long LOOK_MILLIS = 20;

    @Override
    public URI getUri() {
        return URI.create(SCHEME + ":///");
    }

    @Override
    public String getScheme() {
        return SCHEME;
    }

    @Override
    public FSDataInputStream open(Path path, int bufferBytes) throws IOException {
        obey("open", path);
        return super.open(path, bufferBytes);
    }

    @Override
    public FSDataOutputStream create(
            Path path, boolean overwrite, int bufferBytes, short replication, long blockBytes, Progressable progress)
            throws IOException {
        obey("create", path);
        return super.create(path, overwrite, bufferBytes, replication, blockBytes, progress);
    }

    @Override
    public boolean rename(Path source, Path target) throws IOException {
        obey("rename", target);
        return super.rename(source, target);
    }

    /** The inherited one starts a process for each file. */
    @Override
    public void setPermission(Path path, FsPermission permission) {}

    private void obey(String operation, Path path) throws IOException {
        java.nio.file.Path control = java.nio.file.Path.of(getConf().get(CONTROL));
        for (java.nio.file.Path order : orders(control)) {
            List<String> lines = read(order);
            if (lines.size() == 4
                    && lines.get(0).equals(operation)
                    && path.toUri().getPath().contains(lines.get(1))
                    && isIn(lines.get(2))
                    && taken(order, control)) {
                carryOut(lines.get(3), order.getFileName().toString(), control, path);
                return;
            }
        }
    }

    private static List<java.nio.file.Path> orders(java.nio.file.Path control) throws IOException {
        try (Stream<java.nio.file.Path> orders = Files.list(control.resolve(Faults.ORDERS))) {
            return orders.filter(order -> !order.getFileName().toString().startsWith("."))
                    .sorted()
                    .toList();
        }
    }

    private static List<String> read(java.nio.file.Path order) {
        try {
            return Files.readAllLines(order);
        } catch (IOException e) {
            return List.of(); // another operation has taken it
        }
    }

    /** Whether the running code is that of a class. */
    private static boolean isIn(String className) {
        return className.isEmpty()
                || Arrays.stream(Thread.currentThread().getStackTrace())
                        .anyMatch(frame -> frame.getClassName().startsWith(className));
    }

    private static boolean taken(java.nio.file.Path order, java.nio.file.Path control) {
        try {
            Files.move(order, control.resolve(Faults.TAKEN).resolve(order.getFileName()));
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static void carryOut(String action, String name, java.nio.file.Path control, Path path) throws IOException {
        java.nio.file.Path met = control.resolve(Faults.MET).resolve(name);
        java.nio.file.Path draft = met.resolveSibling("." + name);
        Files.writeString(
                draft, ProcessHandle.current().pid() + "\n" + path.toUri().getPath() + "\n");
        Files.move(draft, met, StandardCopyOption.ATOMIC_MOVE);
        if (action.equals(Faults.HOLD)) {
            hold(control.resolve(Faults.RELEASED).resolve(name));
        } else if (!action.equals(Faults.PASS)) {
            throw new IOException(action);
        }
    }

    private static void hold(java.nio.file.Path release) throws IOException {
        try {
            while (!Files.exists(release)) {
                Thread.sleep(LOOK_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while it was held");
        }
    }
}
