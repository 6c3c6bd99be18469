package io.retort.predict;

import io.retort.storage.ArtifactException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.commons.codec.digest.DigestUtils;
import org.apache.commons.io.FileUtils;

/**
 * Copies of large models on this machine's disk: {@code <temporary directory>/retort-models-<user>/<digest>/}.
 *
 * <p>All processes of a user share them, so a machine takes a model over the network once however many executors it
 * has, and external data that ONNX Runtime maps are in memory once. A lock on a file makes the others wait while one
 * copies. The digest of every file is computed each time a process opens the model, for anything may have happened to a
 * temporary directory since. A copy that nobody has opened for a day is removed when another one is made; a process
 * that still runs the model keeps what it has mapped. Models on the machine's own file system are not copied.
 */
final class LocalModels {
    private static final String LOCK = ".lock";
    private static final Duration UNUSED = Duration.ofDays(1);
    private static final LocalModels OF_THIS_MACHINE = new LocalModels(
            Path.of(System.getProperty("java.io.tmpdir"), "retort-models-" + System.getProperty("user.name")),
            Clock.systemUTC());

    private final Path directory;
    private final Clock clock;

    LocalModels(Path directory, Clock clock) {
        this.directory = directory;
        this.clock = clock;
    }

    static LocalModels ofThisMachine() {
        return OF_THIS_MACHINE;
    }

    /** Where the model's first file is on this machine. */
    synchronized Path path(ModelFiles files) {
        try {
            Optional<Path> here = files.storage().local(new org.apache.hadoop.fs.Path(files.directory()));
            if (here.isPresent()) {
                requireSame(here.get(), files);
                return first(here.get(), files);
            }
            makeDirectory();
            Path copy = directory.resolve(files.digest());
            try (FileChannel lock = lockFile(copy)) {
                lock.lock(); // until the channel is closed
                if (!isSame(copy, files)) {
                    removeUnused(copy);
                    copy(files, copy);
                }
                Files.setLastModifiedTime(copy, FileTime.from(clock.instant()));
                return first(copy, files);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "cannot copy the model in " + files.directory() + " to " + directory + ": " + e.getMessage(), e);
        }
    }

    /**
     * A temporary directory belongs to everybody: one of this name that somebody else has made is refused, for its
     * owner alone may set permissions.
     */
    private void makeDirectory() throws IOException {
        Set<PosixFilePermission> forNobodyElse = PosixFilePermissions.fromString("rwx------");
        Files.createDirectories(directory, PosixFilePermissions.asFileAttribute(forNobodyElse));
        if (Files.isSymbolicLink(directory)) {
            throw new FileSystemException(directory.toString(), null, "it is a link, which nobody here has made");
        }
        Files.setPosixFilePermissions(directory, forNobodyElse);
    }

    private static Path first(Path place, ModelFiles files) {
        return place.resolve(files.contents().get(0).name());
    }

    private static FileChannel lockFile(Path copy) throws IOException {
        Path lock = copy.resolveSibling(copy.getFileName() + LOCK);
        return FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    }

    private static void copy(ModelFiles files, Path copy) throws IOException {
        Path unfinished = copy.resolveSibling(copy.getFileName() + ".unfinished");
        try {
            delete(unfinished);
            Files.createDirectory(unfinished);
            for (ModelFiles.Content content : files.contents()) {
                try (InputStream in = files.storage().open(files.path(content))) {
                    Files.copy(in, unfinished.resolve(content.name()));
                }
            }
            requireSame(unfinished, files);
            delete(copy);
            Files.move(unfinished, copy, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            delete(unfinished);
        }
    }

    private static void requireSame(Path place, ModelFiles files) throws IOException {
        for (ModelFiles.Content content : files.contents()) {
            if (!isSame(place, content)) {
                throw new ArtifactException("model file " + files.path(content)
                        + " is not the one that was looked at before: it is missing, damaged or replaced; start again");
            }
        }
    }

    private static boolean isSame(Path place, ModelFiles files) throws IOException {
        for (ModelFiles.Content content : files.contents()) {
            if (!isSame(place, content)) {
                return false;
            }
        }
        return true;
    }

    private static boolean isSame(Path place, ModelFiles.Content content) throws IOException {
        Path file = place.resolve(content.name());
        if (!Files.isRegularFile(file) || Files.size(file) != content.bytes()) {
            return false;
        }
        try (InputStream in = Files.newInputStream(file)) {
            return DigestUtils.sha256Hex(in).equals(content.sha256());
        }
    }

    /** One that another process is just opening is locked, and stays. */
    private void removeUnused(Path wanted) throws IOException {
        List<Path> copies;
        try (Stream<Path> found = Files.list(directory)) {
            copies = found.filter(path -> Files.isDirectory(path) && !path.equals(wanted))
                    .toList();
        }
        for (Path copy : copies) {
            try (FileChannel lock = lockFile(copy);
                    FileLock held = lock.tryLock()) {
                if (held != null
                        && Files.getLastModifiedTime(copy)
                                .toInstant()
                                .isBefore(clock.instant().minus(UNUSED))) {
                    delete(copy);
                }
            }
        }
    }

    private static void delete(Path directory) throws IOException {
        FileUtils.deleteDirectory(directory.toFile());
    }
}
