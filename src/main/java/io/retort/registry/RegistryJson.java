package io.retort.registry;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.retort.storage.ArtifactException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.apache.hadoop.fs.Path;

/** The small files of the registry. Each says its {@code format}; fields that this program does not know are left alone. */
final class RegistryJson {
    private static final ObjectMapper JSON = new ObjectMapper()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(
                    DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES,
                    DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES,
                    DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES);

    private RegistryJson() {}

    static byte[] bytes(Record content) {
        try {
            return (JSON.writerWithDefaultPrettyPrinter().writeValueAsString(content) + "\n")
                    .getBytes(StandardCharsets.UTF_8);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("cannot write " + content.getClass().getSimpleName() + " as JSON", e);
        }
    }

    /** A card; what programs before this one did not write is empty. */
    static ModelCard card(byte[] bytes, Path path) {
        return parse(
                bytes,
                path,
                ModelCard.FORMAT,
                ModelCard.class,
                Map.of("origin", TextNode.valueOf(""), "inputs", JSON.valueToTree(ModelCard.Inputs.unknown())));
    }

    /** @throws ArtifactException where the bytes are something else, or of a format that this program does not know */
    static <T> T parse(byte[] bytes, Path path, int format, Class<T> type) {
        return parse(bytes, path, format, type, Map.of());
    }

    private static <T> T parse(byte[] bytes, Path path, int format, Class<T> type, Map<String, JsonNode> missing) {
        try {
            JsonNode content = JSON.readTree(bytes);
            JsonNode found = content.path("format");
            if (!found.isInt() || found.intValue() != format) {
                throw new ArtifactException(path + " has format " + (found.isMissingNode() ? "none" : found)
                        + "; this program reads format " + format);
            }
            ObjectNode complete = (ObjectNode) content; // it has a field
            missing.forEach((name, value) -> complete.putIfAbsent(name, value));
            return JSON.treeToValue(complete, type);
        } catch (IOException e) {
            throw new ArtifactException(path + " is damaged: " + e.getMessage(), e);
        }
    }
}
