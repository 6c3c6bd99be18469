package io.retort.data.tokenize;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;

/**
 * What DJL reads before it loads its native library: system properties, unless the environment has the same names.
 *
 * <p>Left alone it looks for a build for GPUs in the network where it sees CUDA, asks a metadata server whether it runs
 * in a cloud, and unpacks the library into the home directory, which executors may lack. Here the build for CPUs in the
 * jar is unpacked into a temporary directory: {@code <temporary directory>/retort-tokenizers-<user>}, which all
 * processes of the user share. DJL moves the unpacked file to its place, so that none sees half of it.
 */
final class NativeTokenizers {
    private NativeTokenizers() {}

    static void prepare() {
        Map.of("ai.djl.offline", "true", "OPT_OUT_TRACKING", "true", "RUST_FLAVOR", "cpu")
                .forEach(NativeTokenizers::set);
        if (System.getProperty("ENGINE_CACHE_DIR") == null) {
            set("ENGINE_CACHE_DIR", directory().toString());
        }
    }

    private static void set(String name, String value) {
        if (System.getProperty(name) == null) {
            System.setProperty(name, value);
        }
    }

    /**
     * For nobody else, as a library is loaded from there: one that another user has made is refused, for its owner
     * alone may set permissions.
     */
    private static Path directory() {
        Path directory =
                Path.of(System.getProperty("java.io.tmpdir"), "retort-tokenizers-" + System.getProperty("user.name"));
        try {
            Files.createDirectories(directory);
            if (Files.isSymbolicLink(directory)) {
                throw new IOException("it is a link");
            }
            Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
            return directory;
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "the tokenizers' library cannot be unpacked into " + directory + ": " + e.getMessage(), e);
        }
    }
}
