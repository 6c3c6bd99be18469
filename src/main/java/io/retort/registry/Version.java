package io.retort.registry;

import java.util.List;
import org.apache.hadoop.fs.Path;

/** A model that was published or may be: complete, and never changed. Its number is also the name of its directory. */
public record Version(int number, Path directory, ModelCard card, List<Content> files) {
    public Version {
        files = List.copyOf(files);
    }

    /**
     * A file of a version.
     *
     * @param name relative to the version's directory
     * @param sha256 of its bytes, as {@code sha256sum} prints it
     */
    public record Content(String name, long bytes, String sha256) {}

    Content file(String name) {
        return files.stream()
                .filter(file -> file.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(directory + " has no " + name));
    }
}
