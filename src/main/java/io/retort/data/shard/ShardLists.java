package io.retort.data.shard;

import com.fasterxml.jackson.databind.JsonNode;
import io.retort.storage.ArtifactException;
import io.retort.storage.Json;
import io.retort.storage.Storage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.Path;

/** The lists that {@link Sharding} keeps of the shards of each part of a source. */
public final class ShardLists {
    private static final String DIRECTORY = "store/datasets/";
    private static final String SUFFIX = ".json";
    private static final Pattern ENTRY = Pattern.compile(DIRECTORY + "[0-9a-f]{32}\\" + SUFFIX);

    private ShardLists() {}

    /** The path of a list below the root. */
    static String entry(String fingerprint) {
        return DIRECTORY + fingerprint + SUFFIX;
    }

    /** Whether a path below the root is that of a list. */
    public static boolean isList(String entry) {
        return ENTRY.matcher(entry).matches();
    }

    /** The keys in a list; nothing where it does not exist (yet) or is damaged. */
    public static Optional<List<String>> keys(Storage storage, Path root, String entry) {
        Path path = new Path(root, entry);
        if (!storage.exists(path)) {
            return Optional.empty();
        }
        try {
            List<String> keys = new ArrayList<>();
            for (JsonNode shard : Json.parse(storage.read(path), path, JsonNode.class)) {
                keys.add(shard.path("key").asText());
            }
            return Optional.of(keys);
        } catch (ArtifactException e) {
            return Optional.empty();
        }
    }
}
