package io.retort.storage;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.apache.hadoop.fs.Path;

/** Records as JSON and back. A type may be {@link JsonNode}, the tree of any JSON. */
public final class Json {
    private static final ObjectMapper EXACT = new ObjectMapper().registerModule(new Jdk8Module());
    private static final ObjectMapper OPEN = new ObjectMapper()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(
                    DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES,
                    DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES,
                    DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES);

    private Json() {}

    /** On one line, without spaces. */
    public static String compact(Object content) {
        try {
            return EXACT.writeValueAsString(content);
        } catch (JsonProcessingException e) {
            throw unwritable(content, e);
        }
    }

    /** Indented, for people. */
    public static String pretty(Object content) {
        try {
            return EXACT.writerWithDefaultPrettyPrinter().writeValueAsString(content);
        } catch (JsonProcessingException e) {
            throw unwritable(content, e);
        }
    }

    /** {@link #pretty} as the bytes of a file, which ends in a line break. */
    public static byte[] file(Object content) {
        return (pretty(content) + "\n").getBytes(StandardCharsets.UTF_8);
    }

    /** The content of a text that this program wrote. */
    public static <T> T parse(String text, Class<T> type) {
        try {
            return EXACT.readValue(text, type);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("this program wrote no " + type.getSimpleName() + ": " + text, e);
        }
    }

    /**
     * The content of a file, whose keys are all known.
     *
     * @throws ArtifactException that names the file, where it is damaged or has other keys
     */
    public static <T> T parse(byte[] bytes, Path file, Class<T> type) {
        return parse(EXACT, bytes, file, type);
    }

    /**
     * The content of a file that may have further keys, of later versions of this program; but those of the type are
     * all there.
     *
     * @throws ArtifactException that names the file, where it is damaged or lacks a key
     */
    public static <T> T parseOpen(byte[] bytes, Path file, Class<T> type) {
        return parse(OPEN, bytes, file, type);
    }

    /**
     * {@link #parse(byte[], Path, Class)} of a stored file; nothing where it is absent, damaged, or of another version.
     */
    public static <T> Optional<T> find(Storage storage, Path file, Class<T> type) {
        if (!storage.exists(file)) {
            return Optional.empty();
        }
        try {
            return Optional.of(parse(storage.read(file), file, type));
        } catch (ArtifactException e) {
            return Optional.empty();
        }
    }

    private static <T> T parse(ObjectMapper mapper, byte[] bytes, Path file, Class<T> type) {
        try {
            return mapper.readValue(bytes, type);
        } catch (IOException e) {
            throw new ArtifactException(file + " is damaged: " + e.getMessage(), e);
        }
    }

    private static IllegalStateException unwritable(Object content, JsonProcessingException cause) {
        return new IllegalStateException("cannot write " + content.getClass().getSimpleName() + " as JSON", cause);
    }

    /**
     * JSON of saved networks, which may come from elsewhere: a key that is missing, double or unknown is an error, and
     * so is anything after the end.
     */
    public static final class StrictJson {
        private StrictJson() {}

        /** Keys are kebab-case. */
        public static JsonMapper mapper() {
            return JsonMapper.builder()
                    .propertyNamingStrategy(PropertyNamingStrategies.KEBAB_CASE)
                    .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
                    .enable(
                            DeserializationFeature.FAIL_ON_TRAILING_TOKENS,
                            DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES,
                            DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES,
                            DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
                    .build();
        }

        /** The reason of a refusal in one sentence: that of the record that refused its values, or Jackson's own. */
        public static String reason(JacksonException refusal) {
            return refusal.getCause() instanceof RuntimeException cause
                    ? cause.getMessage()
                    : refusal.getOriginalMessage();
        }
    }
}
