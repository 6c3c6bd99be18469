package io.retort.data.tokenize;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.retort.storage.ArtifactException;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.StreamSupport;

/**
 * The content of a {@code tokenizer.json}: how it truncates and pads is read here, and the rest is the library's
 * business.
 */
public final class TokenizerFile {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** What models call the token that fills a text up. */
    private static final List<String> PAD_TOKENS = List.of("[PAD]", "<pad>", "<PAD>", "<|pad|>", "<|padding|>");

    private final ObjectNode root;

    private TokenizerFile(ObjectNode root) {
        this.root = root;
    }

    /**
     * How shorter texts are filled up.
     *
     * @param id of the token that does it
     * @param type of that token
     * @param left whether it stands before the text
     */
    public record Padding(long id, long type, boolean left) implements java.io.Serializable {}

    /**
     * Reads one.
     *
     * @throws ArtifactException where it is something else
     */
    public static TokenizerFile of(byte[] content) {
        try {
            if (JSON.readTree(content) instanceof ObjectNode root
                    && root.path("model").isObject()) {
                return new TokenizerFile(root);
            }
        } catch (JsonProcessingException e) {
            throw new ArtifactException(
                    "is no JSON (" + e.getOriginalMessage() + "); it must be a tokenizer.json, as"
                            + " transformers' save_pretrained writes it for fast tokenizers",
                    e);
        } catch (IOException e) {
            throw new IllegalStateException("bytes in memory can be read", e);
        }
        throw new ArtifactException("has no model of a tokenizer in it; it must be a tokenizer.json, as transformers'"
                + " save_pretrained writes it for fast tokenizers (vocab.txt, config.json and tokenizer_config.json"
                + " are others)");
    }

    /** The most tokens of a text, special ones among them, if the file says it. */
    public OptionalInt maxLength() {
        JsonNode length = root.path("truncation").path("max_length");
        return length.isInt() ? OptionalInt.of(length.intValue()) : OptionalInt.empty();
    }

    /** Whether the beginning of a long text is cut off, and not its end. */
    public boolean truncatesLeft() {
        return root.path("truncation").path("direction").asText().equals("Left");
    }

    /**
     * By the file's own padding, or else by its token for it; nothing where it has neither.
     *
     * @param token that fills up instead, if one is named
     */
    public Optional<Padding> padding(Optional<String> token) {
        JsonNode own = root.path("padding");
        long type = own.path("pad_type_id").asLong(0);
        boolean left = own.path("direction").asText().equals("Left");
        if (token.isEmpty() && own.path("pad_id").isIntegralNumber()) {
            return Optional.of(new Padding(own.path("pad_id").longValue(), type, left));
        }
        return token.map(List::of).orElse(PAD_TOKENS).stream()
                .flatMap(name -> id(name).stream())
                .findFirst()
                .map(id -> new Padding(id, type, left));
    }

    private Optional<Long> id(String token) {
        return StreamSupport.stream(root.path("added_tokens").spliterator(), false)
                .filter(added -> added.path("content").asText().equals(token))
                .map(added -> added.path("id").longValue())
                .findFirst();
    }

    /**
     * Opens it so that it truncates as it says, but to another length, and does not pad.
     *
     * @throws ArtifactException where the library does not take it
     */
    public TextTokenizer open(int maxLength) {
        ObjectNode other = root.deepCopy();
        ObjectNode truncation = root.path("truncation").isObject()
                ? ((ObjectNode) root.path("truncation")).deepCopy()
                : JSON.createObjectNode().put("direction", "Right").put("strategy", "LongestFirst");
        other.set("truncation", truncation.put("max_length", maxLength).put("stride", 0));
        return TextTokenizer.open(other.putNull("padding").toString());
    }
}
