package io.retort.network;

import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.retort.storage.ArtifactException;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * A {@code tokenizer.json} of Hugging Face's library {@code tokenizers}, by which a network's texts become ids. Its
 * lengths are left out, since a network itself says how many tokens it reads.
 *
 * <p>The id that pads is that of the file's own padding, or of a token that is called as such a one usually is; where
 * there is none, it is the id behind the last.
 */
public final class TokenizerJson implements Serializable {
    private static final long serialVersionUID = 1L;

    public static final String FILE = "tokenizer.json";

    /** What a file may have at most; those of 250,000 tokens have as much. */
    public static final long MAX_BYTES = 18L << 20;

    /** A table has a row for each. */
    private static final int MAX_IDS = 1 << 20;

    private static final int NONE = -1;
    private static final String TRUNCATION = "truncation";
    private static final String PADDING = "padding";
    private static final List<String> PAD_TOKENS = List.of("[PAD]", "<pad>", "<PAD>", "<|pad|>", "<|padding|>");

    /** Numbers keep their digits. */
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS, DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();

    private final TreeMap<Integer, String> tokens = new TreeMap<>();
    private final TreeSet<Integer> special = new TreeSet<>();
    private final int padding;
    private final int unknown;
    private final String json;

    TokenizerJson(String file) {
        ObjectNode root = tree(file);
        readTokens(root);
        padding = padding(root.path(PADDING));
        tokens.putIfAbsent(padding, PAD_TOKENS.get(0));
        unknown = unknown(root.path("model"));
        special.remove(padding);
        special.remove(unknown);
        if (tokens.firstKey() < 0 || tokens.lastKey() >= MAX_IDS) {
            throw new IllegalArgumentException("ids must be in [0, " + (MAX_IDS - 1) + "], are from "
                    + tokens.firstKey() + " to " + tokens.lastKey());
        }
        json = of(root, 1).putNull(TRUNCATION).toString();
    }

    /**
     * Reads the bytes of a file.
     *
     * @param origin names the file in messages
     * @throws ArtifactException if it is not one
     */
    public static TokenizerJson read(byte[] bytes, String origin) {
        try {
            return new TokenizerJson(new String(bytes, StandardCharsets.UTF_8));
        } catch (IllegalArgumentException e) {
            throw new ArtifactException(
                    origin + " is no tokenizer.json of the library tokenizers: " + e.getMessage(), e);
        }
    }

    private static ObjectNode tree(String file) {
        try {
            if (MAPPER.readTree(file) instanceof ObjectNode root
                    && root.path("model").path("vocab").size() > 0) {
                return root;
            }
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("it is no JSON, " + e.getOriginalMessage(), e);
        }
        throw new IllegalArgumentException("it has no model with a vocab");
    }

    private void readTokens(ObjectNode root) {
        JsonNode vocabulary = root.path("model").path("vocab");
        if (vocabulary.isArray()) {
            IntStream.range(0, vocabulary.size())
                    .forEach(id -> tokens.put(id, vocabulary.get(id).path(0).asText()));
        } else {
            vocabulary.fields().forEachRemaining(token -> tokens.put(id(token.getValue()), token.getKey()));
        }
        root.path("added_tokens").forEach(token -> {
            tokens.put(id(token.path("id")), token.path("content").asText());
            if (token.path("special").asBoolean()) {
                special.add(id(token.path("id")));
            }
        });
    }

    private static int id(JsonNode node) {
        if (!node.isInt()) {
            throw new IllegalArgumentException("a token must have a whole number for id, has " + node);
        }
        return node.intValue();
    }

    private Optional<Integer> id(String token) {
        return tokens.entrySet().stream()
                .filter(known -> known.getValue().equals(token))
                .map(Map.Entry::getKey)
                .findFirst();
    }

    /** The file's own counts only where no other token has its id: the library writes 0 unless it is told another. */
    private int padding(JsonNode own) {
        String token = own.path("pad_token").asText();
        if (own.path("pad_id").isInt()) {
            int id = own.path("pad_id").intValue();
            if (tokens.getOrDefault(id, token).equals(token)) {
                return id;
            }
        }
        return PAD_TOKENS.stream()
                .flatMap(usual -> id(usual).stream())
                .findFirst()
                .orElseGet(() -> tokens.lastKey() + 1);
    }

    private int unknown(JsonNode model) {
        if (model.path("unk_id").isInt()) {
            return model.path("unk_id").intValue();
        }
        return model.path("unk_token").isTextual()
                ? id(model.path("unk_token").asText()).orElse(NONE)
                : NONE;
    }

    /** The file, padding a text without tokens to one. */
    @JsonValue
    public String json() {
        return json;
    }

    /** The file of a network that reads so many tokens: longer texts are cut at their end, shorter ones filled up. */
    public String ofLength(int length) {
        return of(tree(json), length).toString();
    }

    private ObjectNode of(ObjectNode root, int length) {
        root.set(TRUNCATION, MAPPER.valueToTree(truncation(length)));
        return root.set(PADDING, MAPPER.valueToTree(padding(length, padding, tokens.get(padding))));
    }

    /** The section of a file. */
    public static Map<String, Object> truncation(int length) {
        return new TreeMap<>(
                Map.of("direction", "Right", "max_length", length, "strategy", "LongestFirst", "stride", 0));
    }

    /** The section of a file. */
    public static Map<String, Object> padding(int length, int id, String token) {
        Map<String, Object> section = new LinkedHashMap<>();
        section.put("strategy", Map.of("Fixed", length));
        section.put("direction", "Right");
        section.put("pad_to_multiple_of", null);
        section.put("pad_id", id);
        section.put("pad_type_id", 0);
        section.put("pad_token", token);
        return section;
    }

    /** The id that fills shorter texts up. */
    int padding() {
        return padding;
    }

    /** Whether an id stands for what the tokenizer does not know. */
    boolean isUnknown(int id) {
        return id == unknown;
    }

    /** Whether an id stands for nothing in a text, as that of a token that begins each. */
    boolean isSpecial(int id) {
        return special.contains(id);
    }

    /** What each id stands for; empty where it stands for nothing. */
    List<String> byId() {
        return IntStream.rangeClosed(0, tokens.lastKey())
                .mapToObj(id -> tokens.getOrDefault(id, ""))
                .toList();
    }
}
