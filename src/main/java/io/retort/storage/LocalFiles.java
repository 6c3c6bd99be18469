package io.retort.storage;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.permission.FsPermission;

/**
 * Hadoop's local file system, checksums and all, without a process for each file.
 *
 * <p>Where Hadoop's native library is missing, which is the rule, the stock one starts {@code chmod} for each file that it creates and for its checksums:
 * tens of milliseconds for a JVM of some gigabytes.
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
     * Replaces a file in an order in which a process that is killed leaves no file with another's checksum: that would be taken for damage ever
     * after. In between, the file has no checksum and is read unchecked.
     */
    @Override
    public boolean rename(Path source, Path target) throws IOException {
        if (Files.isRegularFile(pathToFile(target).toPath())) {
            getRawFileSystem().delete(getChecksumFile(target), false);
        }
        return super.rename(source, target);
    }

    private static final class Raw extends RawLocalFileSystem {
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
}
