package io.retort.data;

import io.retort.storage.ArtifactException;
import io.retort.storage.Digest;
import io.retort.storage.Storage;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** Finds and opens the files of a source. */
final class SourceFiles {
    private static final int BUFFER_BYTES = 1 << 16;

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
                for (FileStatus match : matches == null ? new FileStatus[0] : matches) {
                    addFiles(storage, match, files);
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

    private static void addFiles(Storage storage, FileStatus found, List<SourceFile> files) {
        if (found.isFile()) {
            files.add(new SourceFile(found.getPath().toString(), found.getLen(), found.getModificationTime()));
            return;
        }
        for (FileStatus child : storage.list(found.getPath())) {
            String name = child.getPath().getName();
            if (!name.startsWith("_") && !name.startsWith(".")) {
                addFiles(storage, child, files);
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
     * First ids for files, 2^30 apart, by the digest of their names: of the shortest trailing parts of the paths in which all differ, so that
     * neither another folder nor another file in it changes them.
     */
    static List<Long> firstIds(List<SourceFile> files) {
        Set<String> whole = new HashSet<>();
        for (SourceFile file : files) {
            if (!whole.add(file.name())) {
                throw new ArtifactException(file.name() + " is named twice by the paths of one source");
            }
        }
        List<String> names = shortNames(files);
        for (int attempt = 0; ; attempt++) {
            List<Long> ids = new ArrayList<>();
            for (String name : names) {
                String hex = new Digest().add("id").add(attempt).add(name).key().substring(0, 15);
                ids.add((Long.parseLong(hex, 16) & 0x1FFFFFFFFL) << 30);
            }
            if (new HashSet<>(ids).size() == ids.size()) {
                return ids;
            }
        }
    }

    private static List<String> shortNames(List<SourceFile> files) {
        int deepest = files.stream().mapToInt(file -> file.path().depth()).max().orElse(0);
        for (int parts = 1; parts <= deepest; parts++) {
            List<String> names = trailing(files, parts);
            if (new HashSet<>(names).size() == names.size()) {
                return names;
            }
        }
        // They differ in their file system only.
        return files.stream().map(SourceFile::name).toList();
    }

    private static List<String> trailing(List<SourceFile> files, int parts) {
        List<String> names = new ArrayList<>();
        for (SourceFile file : files) {
            Path path = file.path();
            StringBuilder name = new StringBuilder(path.getName());
            for (int i = 1; i < parts && path.getParent() != null; i++) {
                path = path.getParent();
                name.insert(0, path.getName() + "/");
            }
            names.add(name.toString());
        }
        return names;
    }
}
