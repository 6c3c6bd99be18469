package io.retort.run.record;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import io.retort.storage.ArtifactException;
import io.retort.storage.Storage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.apache.hadoop.fs.Path;

/** The JSON files of a run's directory, to records and back. */
public final class RunJson {
    private static final ObjectMapper JSON = new ObjectMapper().registerModule(new Jdk8Module());

    private RunJson() {}

    public static byte[] bytes(Object content) {
        try {
            return (JSON.writerWithDefaultPrettyPrinter().writeValueAsString(content) + "\n")
                    .getBytes(StandardCharsets.UTF_8);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("cannot write " + content.getClass().getSimpleName() + " as JSON", e);
        }
    }

    /** A text of JSON as the tree that it holds. */
    public static JsonNode tree(String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("what this program wrote is no JSON", e);
        }
    }

    /** What a file holds; nothing where it is not there, damaged, or of another version. */
    public static <T> Optional<T> read(Storage storage, Path path, Class<T> type) {
        if (!storage.exists(path)) {
            return Optional.empty();
        }
        try {
            return Optional.of(JSON.readValue(storage.read(path), type));
        } catch (IOException | ArtifactException e) {
            return Optional.empty();
        }
    }
}
