package io.retort.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalFilesTest {
    private static final byte[] CONTENT = "content".getBytes(StandardCharsets.UTF_8);

    @TempDir
    private Path directory;

    @Test
    void setsTheRightsThatTheUmaskLeaves() throws Exception {
        write();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve("file"))))
                .isEqualTo("rw-r-----");
    }

    @Test
    void stillChecksSums() throws Exception {
        org.apache.hadoop.fs.Path path = write();
        Files.writeString(directory.resolve("file"), "Content");
        assertThatThrownBy(() -> storage().read(path))
                .isInstanceOf(ArtifactException.class)
                .hasMessageStartingWith(path + " is damaged: Checksum error:");
    }

    @Test
    void aReaderFindsTheOldFileOrTheNewWhileOneIsReplaced() throws Exception {
        Replacing.expectNoGap(
                storage(),
                new org.apache.hadoop.fs.Path(directory.resolve("file").toUri()),
                300);
    }

    /** What a process leaves that is killed after it removed the old checksum and before it wrote the new one. */
    @Test
    void readsAFileWithoutChecksum() throws Exception {
        org.apache.hadoop.fs.Path path = write();
        Files.delete(directory.resolve(".file.crc"));
        assertThat(storage().read(path)).isEqualTo(CONTENT);
    }

    private org.apache.hadoop.fs.Path write() {
        org.apache.hadoop.fs.Path path =
                new org.apache.hadoop.fs.Path(directory.resolve("file").toUri());
        storage().write(path, CONTENT);
        return path;
    }

    private static Storage storage() {
        Configuration configuration = new Configuration();
        configuration.set("fs.permissions.umask-mode", "027");
        return Storage.of(configuration);
    }
}
