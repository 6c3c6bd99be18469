package io.retort.predict;

import io.retort.storage.ArtifactException;
import io.retort.storage.Storage;
import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.codec.digest.DigestUtils;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;

/**
 * The files of a model in a directory that every machine of the cluster can read, with their digests: whoever opens it
 * opens these bytes and no others.
 *
 * @param directory on any Hadoop file system
 * @param contents first the file that is opened, then those that it refers to
 */
public record ModelFiles(Storage storage, String directory, List<Content> contents) implements Serializable {
    /**
     * A file.
     *
     * @param name of a file in the directory itself
     */
    public record Content(String name, long bytes, String sha256) implements Serializable {}

    public ModelFiles {
        contents = List.copyOf(contents);
        for (Content content : contents) {
            requirePlain(content.name());
        }
    }

    /** Files as they are now, read once for their digests and never held in memory. */
    public static ModelFiles of(Storage storage, Path directory, List<String> names) {
        List<Content> contents = new ArrayList<>();
        for (String name : names) {
            requirePlain(name);
            Path file = new Path(directory, name);
            FileStatus status = storage.status(file);
            try (InputStream in = storage.open(file)) {
                contents.add(new Content(name, status.getLen(), DigestUtils.sha256Hex(in)));
            } catch (IOException e) {
                throw new ArtifactException(file + " cannot be read: " + e.getMessage(), e);
            }
        }
        return new ModelFiles(storage, directory.toString(), contents);
    }

    /** A name that leads elsewhere is refused: a model's author chose it. */
    private static void requirePlain(String name) {
        if (name.isEmpty() || name.equals(".") || name.equals("..") || name.contains("/") || name.contains("\\")) {
            throw new ArtifactException("a model's file '" + name + "' must lie beside it: a name without a folder");
        }
    }

    /** Of all files together: a name in a store. */
    public String digest() {
        StringBuilder all = new StringBuilder();
        contents.forEach(content ->
                all.append(content.sha256()).append(' ').append(content.name()).append('\n'));
        return DigestUtils.sha256Hex(all.toString()).substring(0, 32);
    }

    public long bytes() {
        return contents.stream().mapToLong(Content::bytes).sum();
    }

    Path path(Content content) {
        return new Path(directory, content.name());
    }

    /**
     * Where the first file lies on this machine, the others beside it, all with the bytes that they had: where they
     * are, if this machine has them on a file system of its own, and else in a copy that all processes of a user share.
     *
     * @throws ArtifactException if a file is missing or has changed
     */
    public java.nio.file.Path onThisMachine() {
        return LocalModels.ofThisMachine().path(this);
    }
}
