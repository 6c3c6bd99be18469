package io.retort.network;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.retort.storage.ArtifactException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Reads a tensor file from anywhere: every size is checked against the bytes that are there before anything is
 * allocated.
 */
final class TensorFileReader {
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private final ByteBuffer bytes;
    private final String origin;

    /** A tensor as the header describes it; the offsets count from the end of the header. */
    private record Entry(String name, List<Integer> sizes, long start, long end) {}

    TensorFileReader(byte[] bytes, String origin) {
        this.bytes = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        this.origin = origin;
    }

    TensorFile read() {
        JsonNode header = header();
        Map<String, String> metadata = new TreeMap<>();
        List<Entry> entries = new ArrayList<>();
        for (Iterator<Map.Entry<String, JsonNode>> fields = header.fields(); fields.hasNext(); ) {
            Map.Entry<String, JsonNode> field = fields.next();
            if (field.getKey().equals(TensorFile.METADATA)) {
                readMetadata(field.getValue(), metadata);
            } else {
                entries.add(entry(field.getKey(), field.getValue()));
            }
        }
        entries.sort(Comparator.comparingLong(Entry::start).thenComparingLong(Entry::end));
        requireNoGaps(entries);
        Map<String, Tensor> tensors = new TreeMap<>();
        for (Entry entry : entries) {
            tensors.put(entry.name(), tensor(entry));
        }
        return new TensorFile(tensors, metadata);
    }

    private JsonNode header() {
        if (bytes.remaining() < Long.BYTES) {
            throw refused("has " + bytes.remaining() + " bytes, too few for a header");
        }
        long length = bytes.getLong();
        if (length < 2 || length > bytes.remaining()) {
            throw refused("announces a header of " + Long.toUnsignedString(length) + " bytes, but " + bytes.remaining()
                    + " bytes follow");
        }
        byte[] text = new byte[(int) length];
        bytes.get(text);
        JsonNode header;
        try {
            header = MAPPER.readTree(text);
        } catch (JacksonException e) {
            throw new ArtifactException(message("has a header that is not JSON: " + e.getOriginalMessage()), e);
        } catch (IOException e) {
            throw new UncheckedIOException("reading from memory failed", e);
        }
        if (!header.isObject()) {
            throw refused("has a header that is not a JSON object");
        }
        return header;
    }

    private void readMetadata(JsonNode node, Map<String, String> metadata) {
        for (Iterator<Map.Entry<String, JsonNode>> fields = node.fields(); fields.hasNext(); ) {
            Map.Entry<String, JsonNode> field = fields.next();
            if (!field.getValue().isTextual()) {
                throw refused("has metadata '" + field.getKey() + "' that is not text");
            }
            metadata.put(field.getKey(), field.getValue().textValue());
        }
    }

    private Entry entry(String name, JsonNode node) {
        String type = node.path("dtype").asText();
        if (!type.equals("F32")) {
            throw refused("has tensor '" + name + "' of dtype '" + type + "'; only F32 can be read");
        }
        JsonNode shape = node.path("shape");
        JsonNode offsets = node.path("data_offsets");
        if (!shape.isArray() || offsets.size() != 2 || !isCount(offsets.path(0)) || !isCount(offsets.path(1))) {
            throw refused("has tensor '" + name + "' without a shape and two data_offsets");
        }
        List<Integer> sizes = new ArrayList<>();
        long elements = 1;
        for (JsonNode size : shape) {
            if (!isCount(size) || !size.canConvertToInt()) {
                throw refused("has tensor '" + name + "' of shape " + shape);
            }
            sizes.add(size.intValue());
            elements *= size.intValue();
            if (elements > bytes.remaining()) {
                throw refused("has tensor '" + name + "' of shape " + shape + ", larger than the file");
            }
        }
        Entry entry = new Entry(
                name, sizes, offsets.get(0).longValue(), offsets.get(1).longValue());
        if (entry.end() - entry.start() != elements * Float.BYTES) {
            throw refused("has tensor '" + name + "' of shape " + shape + " in bytes " + entry.start() + " to "
                    + entry.end() + ", which does not fit");
        }
        return entry;
    }

    private static boolean isCount(JsonNode node) {
        return node.isIntegralNumber() && node.canConvertToLong() && node.longValue() >= 0;
    }

    private void requireNoGaps(List<Entry> entries) {
        long at = 0;
        for (Entry entry : entries) {
            if (entry.start() != at) {
                throw refused("has tensor '" + entry.name() + "' at byte " + entry.start() + " of the values, where "
                        + at + " was due");
            }
            at = entry.end();
        }
        if (at != bytes.remaining()) {
            throw refused("has " + bytes.remaining() + " bytes of values, its header describes " + at);
        }
    }

    private Tensor tensor(Entry entry) {
        float[] values = new float[(int) ((entry.end() - entry.start()) / Float.BYTES)];
        bytes.slice(bytes.position() + (int) entry.start(), values.length * Float.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .asFloatBuffer()
                .get(values);
        return new Tensor(entry.sizes(), values);
    }

    private ArtifactException refused(String what) {
        return new ArtifactException(message(what));
    }

    private String message(String what) {
        return origin + " " + what + "; it is damaged or not a safetensors file";
    }
}
