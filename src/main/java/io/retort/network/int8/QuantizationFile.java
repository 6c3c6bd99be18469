package io.retort.network.int8;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.retort.network.Network;
import io.retort.network.NetworkFiles;
import io.retort.storage.ArtifactException;
import io.retort.storage.Json.StrictJson;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/**
 * The saved form of a quantization: one JSON file beside the network's. It names the fingerprint of the network, so a
 * pair that does not belong together is not read.
 */
public final class QuantizationFile {
    /** The version written and read. */
    static final int VERSION = 1;

    /** The usual name, in the network's directory. */
    public static final String NAME = "quantization.json";

    private static final JsonMapper MAPPER = StrictJson.mapper();

    private QuantizationFile() {}

    record Saved(int version, String network, Quantization quantization) {}

    /** The bytes of a file; equal arguments give equal ones. */
    public static byte[] bytes(Network network, Quantization quantization) {
        Saved saved = new Saved(VERSION, NetworkFiles.fingerprint(network), quantization.requireFits(network));
        try {
            return (MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(saved) + "\n")
                    .getBytes(StandardCharsets.UTF_8);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a quantization is made of what JSON can hold", e);
        }
    }

    /**
     * Reads the bytes of a file.
     *
     * @param origin names the file in messages
     * @throws ArtifactException if they are damaged, of an unknown version, or belong to another network
     */
    public static Quantization read(byte[] bytes, Network network, String origin) {
        try {
            JsonNode version = MAPPER.readTree(bytes).path("version");
            if (!version.isInt() || version.intValue() != VERSION) {
                throw new ArtifactException(origin + " has version " + (version.isMissingNode() ? "none" : version)
                        + "; this program reads version " + VERSION);
            }
            Saved saved = MAPPER.readValue(bytes, Saved.class);
            if (!saved.network().equals(NetworkFiles.fingerprint(network))) {
                throw new ArtifactException(origin + " belongs to another network than the one beside it");
            }
            return saved.quantization().requireFits(network);
        } catch (JacksonException e) {
            throw new ArtifactException(origin + " is not a quantization: " + StrictJson.reason(e), e);
        } catch (IllegalArgumentException e) {
            throw new ArtifactException(origin + " does not fit its network: " + e.getMessage(), e);
        } catch (IOException e) {
            throw new UncheckedIOException("reading from memory failed", e);
        }
    }
}
