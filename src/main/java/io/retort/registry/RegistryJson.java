package io.retort.registry;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.retort.storage.ArtifactException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
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

    /** @throws ArtifactException where the bytes are something else, or of a format that this program does not know */
    static <T> T parse(byte[] bytes, Path path, int format, Class<T> type) {
        try {
            JsonNode found = JSON.readTree(bytes).path("format");
            if (!found.isInt() || found.intValue() != format) {
                throw new ArtifactException(path + " has format " + (found.isMissingNode() ? "none" : found)
                        + "; this program reads format " + format);
            }
            return JSON.readValue(bytes, type);
        } catch (IOException e) {
            throw new ArtifactException(path + " is damaged: " + e.getMessage(), e);
        }
    }
}
