package io.retort.network.compact;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.retort.network.Signature;
import io.retort.network.Structure;
import io.retort.network.int8.AffineCode;
import io.retort.network.int8.Quantization;
import io.retort.storage.Json.StrictJson;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The text in a compact file: all but numbers. Signature of columns and classes are left to the files beside it, for
 * their bytes.
 *
 * @param values the names of the values that have codes, sorted
 * @param weights how many codes the weights of a layer have, by its name
 */
record CompactHeader(Structure structure, List<String> values, Map<String, Integer> weights) {
    private static final JsonMapper MAPPER = StrictJson.mapper();

    CompactHeader {
        values = List.copyOf(values);
        weights = new TreeMap<>(weights);
        if (structure == null || weights.containsValue(null)) { // JSON may hold null
            throw new IllegalArgumentException(
                    "there must be a structure, and a number of codes for each name in weights");
        }
    }

    static CompactHeader of(Structure structure, Quantization quantization) {
        Map<String, Integer> counts = new TreeMap<>();
        quantization
                .weights()
                .forEach((name, codes) -> counts.put(name, codes.codes().size()));
        return new CompactHeader(
                structure.withSignature(Signature.none()),
                List.copyOf(quantization.values().keySet()),
                counts);
    }

    /** All codes of a quantization: of values, then of weights, both sorted by name. */
    static List<AffineCode> codes(Quantization quantization) {
        List<AffineCode> codes = new ArrayList<>(quantization.values().values());
        quantization.weights().values().forEach(weights -> codes.addAll(weights.codes()));
        return codes;
    }

    /** How many codes there are. */
    long codes() {
        return values.size()
                + weights.values().stream().mapToLong(Integer::longValue).sum();
    }

    byte[] toBytes() {
        try {
            return MAPPER.writeValueAsString(this).getBytes(StandardCharsets.UTF_8);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a structure is made of what JSON can hold", e);
        }
    }

    /** @throws IllegalArgumentException if it is no such text */
    static CompactHeader read(byte[] text) {
        try {
            JsonNode tree = MAPPER.readTree(text);
            Signature.addWhereAbsent(tree.path("structure"));
            return Optional.ofNullable(MAPPER.treeToValue(tree, CompactHeader.class))
                    .orElseThrow(() -> new IllegalArgumentException("has no structure of a network: it is null"));
        } catch (JacksonException e) {
            throw new IllegalArgumentException("has no structure of a network: " + StrictJson.reason(e), e);
        } catch (IOException e) {
            throw new UncheckedIOException("reading from memory failed", e);
        }
    }
}
