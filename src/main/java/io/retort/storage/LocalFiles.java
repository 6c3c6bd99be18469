package io.retort.storage;

import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FSError;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.Syncable;
import org.apache.hadoop.fs.permission.FsPermission;

/**
 * Hadoop's local file system, checksums and all, without a process for each file.
 *
 * <p>Where Hadoop's native library is missing, which is the rule, the stock one starts {@code chmod} for each file that
 * it creates and for its checksums: tens of milliseconds for a JVM of some gigabytes.
 */
final class LocalFiles extends LocalFileSystem {
    private LocalFiles() {
        super(new Raw());
    }

    static LocalFiles of(Configuration configuration) throws IOException {
        LocalFiles files = new LocalFiles();
        files.initialize(URI.create("file:///"), configuration);
        return files;
    }

    /**
     * Replaces a file in an order in which a process that is killed leaves no file with another's checksum: that would
     * be taken for damage ever after. In between, the file has no checksum and is read unchecked.
     */
    @Override
    public boolean rename(Path source, Path target) throws IOException {
        if (Files.isRegularFile(pathToFile(target).toPath())) {
            getRawFileSystem().delete(getChecksumFile(target), false);
        }
        return super.rename(source, target);
    }

    /**
     * Creates a file, whole, where there is none of that name; whether there was none. Hadoop's own exclusive creation
     * looks first and creates then, so that two processes can both succeed.
     */
    boolean createWhole(Path path, byte[] bytes) throws IOException {
        java.nio.file.Path file = pathToFile(path).toPath();
        try {
            Path temporary = unchecked(path, bytes);
            try {
                Files.createLink(file, pathToFile(temporary).toPath());
                return true;
            } finally {
                Files.deleteIfExists(pathToFile(temporary).toPath());
            }
        } catch (FileAlreadyExistsException | NoSuchFileException e) {
            return false; // a temporary file is missing where another process has just tidied up
        } catch (UnsupportedOperationException | FileSystemException e) {
            return createWithoutLink(file, bytes);
        }
    }

    private static boolean createWithoutLink(java.nio.file.Path file, byte[] bytes) throws IOException {
        try {
            Files.write(file, bytes, StandardOpenOption.CREATE_NEW);
            return true;
        } catch (FileAlreadyExistsException e) {
            return false;
        }
    }

    /** Gives a file new content in one step. It has no checksum file, which would be a second step. */
    void replaceWhole(Path path, byte[] bytes) throws IOException {
        java.nio.file.Path temporary = pathToFile(unchecked(path, bytes)).toPath();
        try {
            Files.deleteIfExists(pathToFile(getChecksumFile(path)).toPath());
            Files.move(temporary, pathToFile(path).toPath(), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            Files.deleteIfExists(temporary);
            throw e;
        }
    }

    /** A temporary file beside {@code path}, on the disk. */
    private Path unchecked(Path path, byte[] bytes) throws IOException {
        Path temporary = Storage.temporaryBeside(path);
        try (FSDataOutputStream out = getRawFileSystem().create(temporary, true)) {
            out.write(bytes);
            out.hsync();
        } catch (IOException e) {
            Files.deleteIfExists(pathToFile(temporary).toPath());
            throw e;
        }
        return temporary;
    }

    private static final class Raw extends RawLocalFileSystem {
        @Override
        protected OutputStream createOutputStream(Path path, boolean append) throws IOException {
            return new Written(super.createOutputStream(path, append));
        }

        @Override
        protected OutputStream createOutputStreamWithMode(Path path, boolean append, FsPermission permission)
                throws IOException {
            return new Written(super.createOutputStreamWithMode(path, append, permission));
        }

        @Override
        public void setPermission(Path path, FsPermission permission) throws IOException {
            java.nio.file.Path file = pathToFile(path).toPath();
            if (permission.getStickyBit() || Files.getFileAttributeView(file, PosixFileAttributeView.class) == null) {
                super.setPermission(path, permission);
                return;
            }
            String symbols = permission.getUserAction().SYMBOL
                    + permission.getGroupAction().SYMBOL
                    + permission.getOtherAction().SYMBOL;
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(symbols));
        }
    }

    /** A full disk is an exception here; Hadoop's stream throws an error, which ends threads that could report it. */
    private static final class Written extends OutputStream implements Syncable {
        private final OutputStream out;

        Written(OutputStream out) {
            this.out = out;
        }

        /** Something done to the stream. */
        @FunctionalInterface
        private interface Action {
            void run() throws IOException;
        }

        private static void run(Action action) throws IOException {
            try {
                action.run();
            } catch (FSError e) {
                throw e.getCause() instanceof IOException cause ? cause : new IOException(e.getMessage(), e);
            }
        }

        @Override
        public void write(int value) throws IOException {
            run(() -> out.write(value));
        }

        @Override
        public void write(byte[] bytes, int from, int count) throws IOException {
            run(() -> out.write(bytes, from, count));
        }

        @Override
        public void flush() throws IOException {
            run(out::flush);
        }

        @Override
        public void hflush() throws IOException {
            flush();
        }

        @Override
        public void hsync() throws IOException {
            run(((Syncable) out)::hsync);
        }

        @Override
        public void close() throws IOException {
            run(out::close);
        }
    }
}
