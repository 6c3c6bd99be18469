package io.retort.scaling;

import io.retort.recipe.Recipe;
import io.retort.scaling.SubmitSettings.Manager;
import io.retort.storage.Storage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * Whether all executors can see the files of a run: they open sources, shards and labels themselves.
 *
 * <p>A {@code file:} path may be on a volume that all machines mount; only the user can know.
 */
public final class SharedStorage {
    private SharedStorage() {}

    /** The places on a local file system, one line each; nothing in local mode. */
    public static List<String> localPlaces(Recipe recipe, Storage storage, Path root, Manager manager) {
        List<String> places = new ArrayList<>();
        if (manager == Manager.LOCAL) {
            return places;
        }
        recipe.data()
                .sources()
                .forEach((place, source) ->
                        source.source(storage).place().ifPresent(path -> addIfLocal(places, storage, place, path)));
        addIfLocal(places, storage, "--root", root);
        return places;
    }

    /**
     * Refuses places on a local file system where executors are containers or pods on other machines.
     *
     * @throws IllegalArgumentException that names the places
     */
    public static void require(List<String> localPlaces, Manager manager) {
        if (manager == Manager.YARN || manager == Manager.KUBERNETES) {
            if (!localPlaces.isEmpty()) {
                throw new IllegalArgumentException(String.join("\n", localPlaces) + "\n"
                        + "Executors on " + (manager == Manager.YARN ? "YARN" : "Kubernetes")
                        + " open these themselves, on machines of their own. Put them on storage that all see, such as hdfs: or s3a:,"
                        + " or say --shared-files where every machine and pod mounts them at that place.");
            }
        }
    }

    /** The scheme alone decides: the machine that plans a run need not reach the file system that executors will. */
    private static void addIfLocal(List<String> places, Storage storage, String what, Path path) {
        URI named = path.toUri();
        URI uri = named.getScheme() == null ? FileSystem.getDefaultUri(storage.configuration()) : named;
        if ("file".equals(uri.getScheme())) {
            places.add(what + " is on a local file system: " + qualified(storage, path));
        }
    }

    private static Path qualified(Storage storage, Path path) {
        try {
            return FileSystem.getLocal(storage.configuration()).makeQualified(path);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot look at " + path + ": " + e.getMessage(), e);
        }
    }
}
