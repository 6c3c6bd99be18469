package io.retort.data;

import io.retort.storage.ArtifactException;
import io.retort.storage.Digest;
import io.retort.storage.Storage;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** Finds and opens the files of a source. */
final class SourceFiles {
    private static final int BUFFER_BYTES = 1 << 16;
    private static final Pattern PATTERN = Pattern.compile("[*?\\[{]");

    private SourceFiles() {}

    /**
     * The files that paths stand for, in the order of the paths and, within each, sorted by name.
     *
     * <p>A path may be a file, a pattern with {@code *}, {@code ?}, {@code [a-c]} or {@code {a,b}}, or a directory, of which all files below it
     * are taken except those that begin with {@code _} or {@code .}, as Spark's own markers do.
     */
    static List<SourceFile> find(Storage storage, List<String> paths) {
        List<SourceFile> files = new ArrayList<>();
        for (String path : paths) {
            int before = files.size();
            try {
                Path pattern = new Path(path);
                FileSystem fileSystem = pattern.getFileSystem(storage.configuration());
                FileStatus[] matches = fileSystem.globStatus(pattern);
                int fixed = fileSystem.makeQualified(fixedPart(pattern)).depth();
                for (FileStatus match : matches == null ? new FileStatus[0] : matches) {
                    addFiles(
                            storage,
                            match,
                            match.isFile() ? Math.min(fixed, match.getPath().depth() - 1) : fixed,
                            files);
                }
            } catch (IOException e) {
                throw new UncheckedIOException("cannot look for " + path + ": " + e.getMessage(), e);
            }
            if (files.size() == before) {
                throw new ArtifactException(
                        path + " is no file, no directory with files and no pattern that matches any");
            }
        }
        return files;
    }

    /** A split for each file, of which the reader takes these columns. */
    static List<Split> splits(List<SourceFile> files, List<String> columns) {
        List<Long> firstIds = firstIds(files);
        List<Split> splits = new ArrayList<>();
        for (int i = 0; i < files.size(); i++) {
            splits.add(new Split(List.of(files.get(i)), firstIds.get(i), columns));
        }
        return splits;
    }

    /** The part of a path above its first component that is a pattern; all of it where none is. */
    private static Path fixedPart(Path pattern) {
        Path fixed = pattern;
        for (Path at = pattern; at != null && !at.isRoot() && !at.getName().isEmpty(); at = at.getParent()) {
            if (PATTERN.matcher(at.getName()).find()) {
                fixed = at.getParent();
            }
        }
        return fixed == null || fixed.toString().isEmpty() ? new Path(Path.CUR_DIR) : fixed;
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
            String name = child.getPath().getName();
            if (!name.startsWith("_") && !name.startsWith(".")) {
                addFiles(storage, child, fixed, files);
            }
        }
    }

    /** Opens a file; one that begins like gzip is unpacked, whatever its name. */
    static InputStream open(Storage storage, Path path) {
        InputStream raw = storage.open(path);
        try {
            BufferedInputStream in = new BufferedInputStream(raw, BUFFER_BYTES);
            in.mark(2);
            boolean gzip = in.read() == 0x1F && in.read() == 0x8B;
            in.reset();
            return gzip ? new BufferedInputStream(new GZIPInputStream(in, BUFFER_BYTES), BUFFER_BYTES) : in;
        } catch (IOException e) {
            try {
                raw.close();
            } catch (IOException closing) {
                e.addSuppressed(closing);
            }
            throw new UncheckedIOException("cannot read " + path + ": " + e.getMessage(), e);
        }
    }

    /**
     * First ids for files, 2^30 apart, by the digest of their paths within the source, so that neither another place nor further files change those
     * of a file. Of files that the recipe names one by one and that have the same name, the second is told from the first by its number.
     */
    static List<Long> firstIds(List<SourceFile> files) {
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
}
