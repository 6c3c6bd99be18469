package io.retort.registry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.retort.storage.ArtifactException;
import io.retort.storage.Json;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.apache.hadoop.fs.Path;

/** The small files of the registry. Each has its {@code format}; unknown fields are left alone. */
final class RegistryJson {
    private RegistryJson() {}

    /** A card; fields that earlier programs did not write are empty. */
    static ModelCard card(byte[] bytes, Path path) {
        JsonNode noInputs = Json.parse(Json.compact(ModelCard.Inputs.unknown()), JsonNode.class);
        return parse(
                bytes,
                path,
                ModelCard.FORMAT,
                ModelCard.class,
                Map.of("origin", TextNode.valueOf(""), "score", TextNode.valueOf("accuracy"), "inputs", noInputs));
    }

    /** @throws ArtifactException where the bytes are something else, or of a format that this program does not know */
    static <T> T parse(byte[] bytes, Path path, int format, Class<T> type) {
        return parse(bytes, path, format, type, Map.of());
    }

    private static <T> T parse(byte[] bytes, Path path, int format, Class<T> type, Map<String, JsonNode> missing) {
        JsonNode content = Json.parse(bytes, path, JsonNode.class);
        JsonNode found = content.path("format");
        if (!found.isInt() || found.intValue() != format) {
            throw new ArtifactException(path + " has format " + (found.isMissingNode() ? "none" : found)
                    + "; this program reads format " + format);
        }
        ObjectNode complete = (ObjectNode) content; // it has a field
        missing.forEach((name, value) -> complete.putIfAbsent(name, value));
        if (complete.path("inputs") instanceof ObjectNode inputs) {
            inputs.putIfAbsent("shares", complete.arrayNode());
        }
        return Json.parseOpen(Json.compact(complete).getBytes(StandardCharsets.UTF_8), path, type);
    }
}
