package io.retort.network;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.retort.storage.ArtifactException;
import io.retort.storage.Storage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.fs.Path;

/**
 * Named float32 tensors and text in the published safetensors layout: the header's length (8 bytes, little-endian), a
 * JSON header with dtype, shape and place of each tensor, then the values, little-endian and without gaps. Both maps
 * are sorted by name: the same content is the same bytes.
 *
 * @param metadata text by key
 */
public record TensorFile(Map<String, Tensor> tensors, Map<String, String> metadata) {
    static final String METADATA = "__metadata__";

    public TensorFile {
        tensors = Collections.unmodifiableMap(new TreeMap<>(tensors));
        metadata = Collections.unmodifiableMap(new TreeMap<>(metadata));
        if (tensors.containsKey(METADATA)) {
            throw new IllegalArgumentException("a tensor must not be named '" + METADATA + "'");
        }
    }

    public byte[] toBytes() {
        byte[] header = header();
        long total = Long.BYTES + header.length + dataBytes();
        if (total > Integer.MAX_VALUE - Long.BYTES) {
            throw new IllegalArgumentException(total + " bytes of tensors are more than one file may hold (2 GiB)");
        }
        ByteBuffer bytes = ByteBuffer.allocate((int) total).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(header.length).put(header);
        for (Tensor tensor : tensors.values()) {
            bytes.asFloatBuffer().put(tensor.values());
            bytes.position(bytes.position() + tensor.values().length * Float.BYTES);
        }
        return bytes.array();
    }

    /**
     * Reads the bytes of a file.
     *
     * @param origin names the file in messages
     * @throws ArtifactException if they are truncated or not in this layout
     */
    public static TensorFile of(byte[] bytes, String origin) {
        return new TensorFileReader(bytes, origin).read();
    }

    public void write(Storage storage, Path path) {
        storage.write(path, toBytes());
    }

    /**
     * Reads a file.
     *
     * @throws ArtifactException if it is missing, truncated, or not in this layout
     */
    public static TensorFile read(Storage storage, Path path) {
        return of(storage.read(path), path.toString());
    }

    private long dataBytes() {
        return tensors.values().stream()
                .mapToLong(tensor -> (long) tensor.values().length * Float.BYTES)
                .sum();
    }

    private byte[] header() {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
            json.writeStartObject();
            if (!metadata.isEmpty()) {
                json.writeObjectFieldStart(METADATA);
                for (Map.Entry<String, String> entry : metadata.entrySet()) {
                    json.writeStringField(entry.getKey(), entry.getValue());
                }
                json.writeEndObject();
            }
            long start = 0;
            for (Map.Entry<String, Tensor> entry : tensors.entrySet()) {
                json.writeObjectFieldStart(entry.getKey());
                json.writeStringField("dtype", "F32");
                json.writeFieldName("shape");
                json.writeArray(
                        entry.getValue().sizes().stream()
                                .mapToInt(Integer::intValue)
                                .toArray(),
                        0,
                        entry.getValue().sizes().size());
                long end = start + (long) entry.getValue().values().length * Float.BYTES;
                json.writeFieldName("data_offsets");
                json.writeArray(new long[] {start, end}, 0, 2);
                json.writeEndObject();
                start = end;
            }
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
        // The layout lets spaces follow the header, so that the values begin at a multiple of 8.
        while (text.size() % Long.BYTES != 0) {
            text.write(' ');
        }
        return text.toString(StandardCharsets.UTF_8).getBytes(StandardCharsets.UTF_8);
    }
}
