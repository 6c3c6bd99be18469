package io.retort.run.record;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.BeanProperty;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.ContextualDeserializer;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import com.fasterxml.jackson.databind.type.SimpleType;
import io.retort.storage.ArtifactException;
import io.retort.storage.Storage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.apache.hadoop.fs.Path;

/** The JSON files of a run's directory, to records and back. */
public final class RunJson {
    private static final ObjectMapper JSON = new ObjectMapper()
            .registerModule(new SimpleModule()
                    .addSerializer(OptionalDouble.class, new NumberOrNull())
                    .addDeserializer(OptionalDouble.class, new OfNumberOrNull())
                    .addSerializer(OptionalLong.class, new CountOrNull())
                    .addDeserializer(OptionalLong.class, new OfCountOrNull())
                    .addSerializer(new ValueOrNull())
                    .addDeserializer(Optional.class, new OfValueOrNull(SimpleType.constructUnsafe(Object.class))));

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

    /** Jackson alone refuses an Optional. */
    private static final class ValueOrNull extends StdSerializer<Optional<?>> {
        private static final long serialVersionUID = 1L;

        ValueOrNull() {
            super(Optional.class, false);
        }

        @Override
        public void serialize(Optional<?> value, JsonGenerator json, SerializerProvider provider) throws IOException {
            if (value.isPresent()) {
                provider.defaultSerializeValue(value.get(), json);
            } else {
                json.writeNull();
            }
        }
    }

    private static final class OfValueOrNull extends StdDeserializer<Optional<?>> implements ContextualDeserializer {
        private static final long serialVersionUID = 1L;

        private final JavaType content;

        OfValueOrNull(JavaType content) {
            super(Optional.class);
            this.content = content;
        }

        @Override
        public JsonDeserializer<?> createContextual(DeserializationContext context, BeanProperty property) {
            return new OfValueOrNull(context.getContextualType().containedTypeOrUnknown(0));
        }

        @Override
        public Optional<?> deserialize(JsonParser json, DeserializationContext context) throws IOException {
            return Optional.of(context.readValue(json, content));
        }

        @Override
        public Optional<?> getNullValue(DeserializationContext context) {
            return Optional.empty();
        }
    }

    /** Jackson alone writes an OptionalDouble as an object with its getters. */
    private static final class NumberOrNull extends StdSerializer<OptionalDouble> {
        private static final long serialVersionUID = 1L;

        NumberOrNull() {
            super(OptionalDouble.class);
        }

        @Override
        public void serialize(OptionalDouble value, JsonGenerator json, SerializerProvider provider)
                throws IOException {
            if (value.isPresent()) {
                json.writeNumber(value.getAsDouble());
            } else {
                json.writeNull();
            }
        }
    }

    private static final class OfNumberOrNull extends StdDeserializer<OptionalDouble> {
        private static final long serialVersionUID = 1L;

        OfNumberOrNull() {
            super(OptionalDouble.class);
        }

        @Override
        public OptionalDouble deserialize(JsonParser json, DeserializationContext context) throws IOException {
            return OptionalDouble.of(json.getDoubleValue());
        }

        @Override
        public OptionalDouble getNullValue(DeserializationContext context) {
            return OptionalDouble.empty();
        }
    }

    private static final class CountOrNull extends StdSerializer<OptionalLong> {
        private static final long serialVersionUID = 1L;

        CountOrNull() {
            super(OptionalLong.class);
        }

        @Override
        public void serialize(OptionalLong value, JsonGenerator json, SerializerProvider provider) throws IOException {
            if (value.isPresent()) {
                json.writeNumber(value.getAsLong());
            } else {
                json.writeNull();
            }
        }
    }

    private static final class OfCountOrNull extends StdDeserializer<OptionalLong> {
        private static final long serialVersionUID = 1L;

        OfCountOrNull() {
            super(OptionalLong.class);
        }

        @Override
        public OptionalLong deserialize(JsonParser json, DeserializationContext context) throws IOException {
            return OptionalLong.of(json.getLongValue());
        }

        @Override
        public OptionalLong getNullValue(DeserializationContext context) {
            return OptionalLong.empty();
        }
    }
}
