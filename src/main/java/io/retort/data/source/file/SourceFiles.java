package io.retort.data.source.file;

import io.retort.storage.ArtifactException;
import io.retort.storage.Digest;
import io.retort.storage.Digest.Fingerprinted;
import io.retort.storage.Storage;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.io.compress.GzipCodec;

/** Finds and opens the files of a source. */
public final class SourceFiles {
    private static final int BUFFER_BYTES = 1 << 16;

    private SourceFiles() {}

    /**
     * The files that paths stand for, in the order of the paths and, within each, sorted by name.
     *
     * <p>A path may be a file, a {@linkplain FilePattern pattern}, or a directory, of which all files below it are
     * taken except {@linkplain FilePattern#isHidden hidden} ones. {@linkplain TableFormat Tables} with a log of their
     * own are refused.
     */
    public static List<SourceFile> find(Storage storage, List<String> paths) {
        List<SourceFile> files = new ArrayList<>();
        for (String path : paths) {
            List<SourceFile> found = new ArrayList<>();
            try {
                Path written = new Path(path);
                FileSystem fileSystem = written.getFileSystem(storage.configuration());
                FilePattern pattern = FilePattern.of(fileSystem, written);
                int fixed = pattern.fixed().depth();
                for (FileStatus match : pattern.matches()) {
                    int above = match.isFile() ? Math.min(fixed, match.getPath().depth() - 1) : fixed;
                    addFiles(storage, match, above, found);
                }
                TableFormat.refuse(fileSystem, found);
            } catch (IOException e) {
                throw new UncheckedIOException("cannot look for " + path + ": " + e.getMessage(), e);
            }
            if (found.isEmpty()) {
                throw new ArtifactException(
                        path + " is no file, no directory with files and no pattern that matches any");
            }
            files.addAll(found);
        }
        return files;
    }

    /** A split for each file. */
    public static List<Split> splits(List<SourceFile> files) {
        List<Long> firstIds = firstIds(files);
        List<Split> splits = new ArrayList<>();
        for (int i = 0; i < files.size(); i++) {
            splits.add(new Split(List.of(files.get(i)), firstIds.get(i)));
        }
        return splits;
    }

    private static void addFiles(Storage storage, FileStatus found, int fixed, List<SourceFile> files) {
        if (found.isFile()) {
            Path path = found.getPath();
            files.add(new SourceFile(
                    path.toString(),
                    trailing(path, path.depth() - fixed),
                    found.getLen(),
                    found.getModificationTime()));
            return;
        }
        for (FileStatus child : storage.list(found.getPath())) {
            if (!FilePattern.isHidden(child.getPath().getName())) {
                addFiles(storage, child, fixed, files);
            }
        }
    }

    /**
     * Names of files for Spark, which takes a name for a pattern although a file has it. (Its option against patterns
     * reads the other files twice.)
     */
    public static String[] literal(List<String> names) {
        return names.stream()
                .map(name -> name.replaceAll("[\\\\*?\\[\\]{}]", "\\\\$0"))
                .toArray(String[]::new);
    }

    /**
     * Opens a file; one that begins like gzip is unpacked, whatever its name, with all the members it is put together
     * from.
     *
     * <p>Hadoop's codec, for Java's {@code GZIPInputStream} ends after the first member where the stream below does not
     * tell what is available, and passes over what is no gzip after the last.
     */
    public static InputStream open(Storage storage, Path path) {
        InputStream raw = storage.open(path);
        try {
            BufferedInputStream in = new BufferedInputStream(raw, BUFFER_BYTES);
            in.mark(2);
            boolean gzip = isGzip(in);
            in.reset();
            return gzip ? new BufferedInputStream(unpacked(storage, in), BUFFER_BYTES) : in;
        } catch (IOException e) {
            throw closing(raw, unreadable(path, e));
        }
    }

    /** Whether a file begins like gzip. */
    public static boolean isGzip(Storage storage, Path path) {
        try (InputStream in = storage.open(path)) {
            return isGzip(in);
        } catch (IOException e) {
            throw unreadable(path, e);
        }
    }

    private static boolean isGzip(InputStream in) throws IOException {
        return in.read() == 0x1F && in.read() == 0x8B;
    }

    private static UncheckedIOException unreadable(Path path, IOException cause) {
        return new UncheckedIOException("cannot read " + path + ": " + cause.getMessage(), cause);
    }

    /** A failure, after which the file is closed. */
    static RuntimeException closing(InputStream in, RuntimeException failure) {
        try {
            in.close();
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
        return failure;
    }

    static void close(InputStream in, Path path) {
        try {
            in.close();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot close " + path + ": " + e.getMessage(), e);
        }
    }

    private static InputStream unpacked(Storage storage, InputStream packed) throws IOException {
        GzipCodec codec = new GzipCodec();
        codec.setConf(storage.configuration());
        return codec.createInputStream(packed);
    }

    /**
     * First ids for files, 2^30 apart, by the digest of their paths within the source, so that neither another place
     * nor further files change those of a file. Of files that the recipe names one by one and that have the same name,
     * the second is told from the first by its number.
     */
    public static List<Long> firstIds(List<SourceFile> files) {
        Set<String> whole = new HashSet<>();
        Map<String, Integer> seen = new HashMap<>();
        Set<Long> taken = new HashSet<>();
        List<Long> ids = new ArrayList<>();
        for (SourceFile file : files) {
            if (!whole.add(file.name())) {
                throw new ArtifactException(file.name() + " is named twice by the paths of one source");
            }
            int number = seen.merge(file.within(), 1, Integer::sum);
            long id;
            int attempt = 0;
            do {
                String hex = new Digest()
                        .add("id/2")
                        .add(attempt++)
                        .add(file.within())
                        .add(number)
                        .key()
                        .substring(0, 15);
                id = (Long.parseLong(hex, 16) & 0x1FFFFFFFFL) << 30;
            } while (!taken.add(id));
            ids.add(id);
        }
        return ids;
    }

    /** The last components of a path. */
    private static String trailing(Path path, int components) {
        StringBuilder name = new StringBuilder(path.getName());
        Path at = path;
        for (int i = 1; i < components && at.getParent() != null; i++) {
            at = at.getParent();
            name.insert(0, at.getName() + "/");
        }
        return name.toString();
    }

    /**
     * A file of a source, as it was when the source was looked at.
     *
     * @param name the whole path
     * @param within the path below the directory, or below the fixed part of the pattern, that the recipe names; of a
     *     file that the recipe names, its name. It stays the same when the source is moved, and whatever other files
     *     there are
     * @param length in bytes
     * @param modified milliseconds since 1970
     */
    public record SourceFile(String name, String within, long length, long modified)
            implements Serializable, Fingerprinted {
        public Path path() {
            return new Path(name);
        }

        /** Where it is within the source only decides the ids of its samples. */
        @Override
        public void addTo(Digest digest) {
            digest.add("file/1").add(name).add(length).add(modified);
        }
    }

    /**
     * A part of a source that one task reads: a file, or files that belong together.
     *
     * @param firstId the id of the split's first sample where the source has no ids of its own; the others count on
     *     from it. It is a function of the file's name, so that a new file leaves the ids of the others alone
     */
    public record Split(List<SourceFile> files, long firstId) implements Serializable, Fingerprinted {
        public Split {
            files = List.copyOf(files);
        }

        @Override
        public void addTo(Digest digest) {
            digest.add("split/1").add(firstId).addAll(files);
        }
    }
}
