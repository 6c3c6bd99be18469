package io.retort.storage;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.ChecksumException;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileContext;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Options;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.UnsupportedFileSystemException;

/**
 * Access to files on any Hadoop file system, from the driver and (it is serializable) from executors.
 *
 * <p>Failures of the file system are {@link UncheckedIOException}; a file that should be there and is not is an
 * {@link ArtifactException}.
 */
public final class Storage implements Serializable {
    private static final long serialVersionUID = 1L;

    /** Attempts to read a file: one for each writer that may have replaced it. */
    private static final int READINGS = 4;

    private final HashMap<String, String> settings;
    private transient Configuration configuration;
    private transient LocalFiles localFiles;

    private Storage(Map<String, String> settings) {
        this.settings = new HashMap<>(settings);
    }

    public static Storage of(Configuration configuration) {
        Map<String, String> settings = new HashMap<>();
        for (Map.Entry<String, String> entry : configuration) {
            settings.put(entry.getKey(), entry.getValue());
        }
        return new Storage(settings);
    }

    public synchronized Configuration configuration() {
        if (configuration == null) {
            Configuration rebuilt = new Configuration(false);
            settings.forEach(rebuilt::set);
            configuration = rebuilt;
        }
        return configuration;
    }

    public boolean exists(Path path) {
        try {
            return fileSystem(path).exists(path);
        } catch (IOException e) {
            throw failed("look for", path, e);
        }
    }

    public FSDataInputStream open(Path path) {
        try {
            return fileSystem(path).open(path);
        } catch (FileNotFoundException e) {
            throw new ArtifactException(path + " does not exist", e);
        } catch (IOException e) {
            throw failed("open", path, e);
        }
    }

    /**
     * All bytes of a file that fits in memory.
     *
     * <p>Another process may replace the file meanwhile. What was opened is gone then, and each file system says so in
     * an exception of its own: HDFS has deleted the blocks, NFS has a stale handle, a local file has the checksum of the
     * other. Opened again, the file is the new one. So only a reading that fails again and again is a failure.
     */
    public byte[] read(Path path) {
        for (int reading = 1; ; reading++) {
            try (FSDataInputStream in = open(path)) {
                return in.readAllBytes();
            } catch (IOException e) {
                if (reading == READINGS) {
                    throw e instanceof ChecksumException
                            ? new ArtifactException(path + " is damaged: " + e.getMessage(), e)
                            : failed("read", path, e);
                }
            }
        }
    }

    /**
     * All bytes of a file that may come from anybody.
     *
     * @param most bytes that it may have
     */
    public byte[] read(Path path, long most) {
        long length = status(path).getLen();
        if (length > most) {
            throw new ArtifactException(path + " must have at most " + most + " bytes, has " + length);
        }
        return read(path);
    }

    public FileStatus status(Path path) {
        try {
            return fileSystem(path).getFileStatus(path);
        } catch (FileNotFoundException e) {
            throw new ArtifactException(path + " does not exist", e);
        } catch (IOException e) {
            throw failed("look at", path, e);
        }
    }

    /** The content of a directory, sorted by path; nothing where there is no such directory. */
    public List<FileStatus> list(Path directory) {
        try {
            FileStatus[] found = fileSystem(directory).listStatus(directory);
            Arrays.sort(found);
            return List.of(found);
        } catch (FileNotFoundException e) {
            return List.of();
        } catch (IOException e) {
            throw failed("list", directory, e);
        }
    }

    /** The length of a file, or of all files below a directory. */
    public long bytes(Path path) {
        try {
            return fileSystem(path).getContentSummary(path).getLength();
        } catch (FileNotFoundException e) {
            throw new ArtifactException(path + " does not exist", e);
        } catch (IOException e) {
            throw failed("look at", path, e);
        }
    }

    /** The names, less a suffix, of the files of a directory that have it and are no temporary ones. */
    public Set<String> keys(Path directory, String suffix) {
        return list(directory).stream()
                .filter(FileStatus::isFile)
                .map(file -> file.getPath().getName())
                .filter(name -> name.endsWith(suffix) && !name.startsWith("."))
                .map(name -> name.substring(0, name.length() - suffix.length()))
                .collect(Collectors.toSet());
    }

    /** The path from its file system on; one without a directory is in the working directory. */
    public Path whole(Path path) {
        try {
            return fileSystem(path).makeQualified(path);
        } catch (IOException e) {
            throw failed("look for", path, e);
        }
    }

    /** The path of {@code inner} below {@code outer}, with slashes; nothing where it lies elsewhere. */
    public Optional<String> below(Path outer, Path inner) {
        String above = whole(outer) + "/";
        String whole = whole(inner).toString();
        return whole.startsWith(above) ? Optional.of(whole.substring(above.length())) : Optional.empty();
    }

    /** The path on this machine's own file system; nothing where the file lies on another. */
    public Optional<java.nio.file.Path> local(Path path) {
        try {
            return fileSystem(path) instanceof LocalFiles local
                    ? Optional.of(local.pathToFile(path).toPath())
                    : Optional.empty();
        } catch (IOException e) {
            throw failed("look for", path, e);
        }
    }

    /**
     * Writes a file that is there whole or not at all: under a temporary name beside it, then renamed.
     *
     * <p>An existing file is replaced. Two writers of the same content leave that content.
     */
    public void write(Path path, Content content) {
        Path temporary = temporaryBeside(path);
        try {
            FileSystem fileSystem = fileSystem(path);
            fileSystem.mkdirs(path.getParent());
            try (FSDataOutputStream out = fileSystem.create(temporary, true)) {
                content.writeTo(out);
            }
            publish(temporary, path);
        } catch (IOException e) {
            discard(temporary);
            throw failed("write", path, e);
        } catch (RuntimeException | Error e) { // of the content
            discard(temporary);
            throw e;
        }
    }

    public void write(Path path, byte[] bytes) {
        write(path, out -> out.write(bytes));
    }

    /** A name in the same directory that no reader looks at. */
    public static Path temporaryBeside(Path path) {
        return new Path(path.getParent(), "." + path.getName() + "." + UUID.randomUUID() + ".tmp");
    }

    /**
     * Gives a finished temporary file its name, replacing what had it.
     *
     * <p>On local disks and on HDFS that is one step: a reader finds the file at any moment, and it is the old or the
     * new one. An object store without a rename that replaces has a moment without the file.
     */
    public void publish(Path temporary, Path path) {
        try {
            rename(temporary, path);
        } catch (IOException e) {
            discard(temporary);
            throw failed("write", path, e);
        }
    }

    /** Replaces what has the name. */
    void rename(Path from, Path to) throws IOException {
        FileSystem fileSystem = fileSystem(to);
        if (fileSystem.rename(from, to)) {
            return;
        }
        // HDFS, for one, refuses a name that is taken unless it is renamed in this way.
        try {
            FileContext.getFileContext(fileSystem.getUri(), configuration())
                    .rename(fileSystem.makeQualified(from), fileSystem.makeQualified(to), Options.Rename.OVERWRITE);
        } catch (UnsupportedFileSystemException e) {
            fileSystem.delete(to, false);
            if (!fileSystem.rename(from, to) && !fileSystem.exists(to)) {
                throw new IOException("cannot rename " + from + " to " + to, e);
            }
        }
    }

    /**
     * Creates a small file where there is none of that name; whether there was none. Of several who try at once one
     * succeeds, on local disks, NFS and HDFS. Object stores promise no such thing.
     */
    public boolean create(Path path, byte[] bytes) {
        try {
            FileSystem fileSystem = fileSystem(path);
            if (fileSystem instanceof LocalFiles local) {
                return local.createWhole(path, bytes);
            }
            FSDataOutputStream out;
            try {
                out = fileSystem.create(path, false);
            } catch (IOException e) {
                if (fileSystem.exists(path)) { // file systems throw exceptions of different classes
                    return false;
                }
                throw e;
            }
            try (out) {
                out.write(bytes);
            }
            return true;
        } catch (IOException e) {
            throw failed("create", path, e);
        }
    }

    /**
     * Gives a small file its content, new or instead of what it had, so that a reader at any moment finds the one or
     * the other. The content must tell by itself whether it is whole: on local disks it has no checksum beside it.
     */
    public void replace(Path path, byte[] bytes) {
        try {
            FileSystem fileSystem = fileSystem(path);
            if (fileSystem instanceof LocalFiles local) {
                local.replaceWhole(path, bytes);
                return;
            }
            switch (fileSystem.getUri().getScheme()) {
                // An object appears as a whole when its upload ends; a rename would be a copy.
                case "s3a", "gs", "oss", "cosn" -> {
                    try (FSDataOutputStream out = fileSystem.create(path, true)) {
                        out.write(bytes);
                    }
                }
                default -> write(path, bytes);
            }
        } catch (IOException e) {
            throw failed("write", path, e);
        }
    }

    /** Removes a file or a directory with all it holds, if it is there. */
    public void delete(Path path) {
        try {
            fileSystem(path).delete(path, true);
        } catch (IOException e) {
            throw failed("delete", path, e);
        }
    }

    private void discard(Path temporary) {
        try {
            fileSystem(temporary).delete(temporary, false);
        } catch (IOException e) {
            // The write has failed already, and the caller receives that failure.
        }
    }

    private FileSystem fileSystem(Path path) throws IOException {
        FileSystem found = path.getFileSystem(configuration());
        return found.getClass() == LocalFileSystem.class ? localFiles() : found;
    }

    private synchronized LocalFiles localFiles() throws IOException {
        if (localFiles == null) {
            localFiles = LocalFiles.of(configuration());
        }
        return localFiles;
    }

    private static UncheckedIOException failed(String action, Path path, IOException cause) {
        // HDFS puts the stack trace of its name node into the message.
        String reason = String.valueOf(cause.getMessage()).replaceAll("(?s)\\n\\tat .*", "");
        return new UncheckedIOException("cannot " + action + " " + path + ": " + reason, cause);
    }

    /** Something that can be written to a stream. */
    @FunctionalInterface
    public interface Content {
        void writeTo(OutputStream out) throws IOException;
    }
}
