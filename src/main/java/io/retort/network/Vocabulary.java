package io.retort.network;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.databind.JsonNode;
import io.retort.storage.ArtifactException;
import io.retort.storage.Digest;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * The tokens that a network knows. Id {@value #PADDING} stands for padding, id {@value #UNKNOWN} for every token that
 * is not in the list, and the token at index i of the list has id {@code i + 2}. Where a {@linkplain TokenizerJson
 * tokenizer} makes the ids, they are that one's.
 *
 * <p>It is part of the layer that reads ids, so that a network never meets ids of another list. As a file it has one
 * token per line, in UTF-8, and begins with the lines {@value #PADDING_LINE} and {@value #UNKNOWN_LINE}: the id is the
 * number of the line, counted from 0. The file of a tokenizer is its {@code tokenizer.json}.
 */
public final class Vocabulary implements Serializable {
    private static final long serialVersionUID = 1L;

    /** The rule by which texts are cut into tokens: changes when the same text would become other tokens. */
    public static final String TOKENS = "tokens/3";

    public static final int PADDING = 0;
    public static final int UNKNOWN = 1;

    /** Ids fit in 16 bits. */
    public static final int MAX_TOKENS = (1 << 16) - 2;

    /** The name of the file, in a network's directory. */
    public static final String FILE = "vocabulary.txt";

    /** What a file may have at most; tokens have 7 letters on average. */
    public static final long MAX_BYTES = 16L << 20;

    private static final String PADDING_LINE = "[PAD]";
    private static final String UNKNOWN_LINE = "[UNK]";
    private static final int FIRST = 2;

    private final List<String> tokens;
    private final Map<String, Integer> ids = new HashMap<>();

    /** Null where texts are cut by the {@linkplain #TOKENS own rule}; an Optional does not travel to executors. */
    private final TokenizerJson tokenizer;

    private final String digest;

    private Vocabulary(TokenizerJson tokenizer) {
        this.tokens = tokenizer.byId();
        this.tokenizer = tokenizer;
        this.digest = new Digest().add("tokenizer/1").add(tokenizer.json()).key();
    }

    private Vocabulary(List<String> tokens) {
        this.tokens = List.copyOf(tokens);
        this.tokenizer = null;
        this.digest = digest(tokens);
        for (String token : tokens) {
            if (token.isEmpty() || token.chars().anyMatch(Character::isWhitespace)) {
                throw new IllegalArgumentException(
                        "a vocabulary's tokens must not be empty nor have spaces, was \"" + token + "\"");
            }
            if (ids.put(token, FIRST + ids.size()) != null) {
                throw new IllegalArgumentException(
                        "a vocabulary must name each token once, names '" + token + "' twice");
            }
        }
        if (tokens.size() > MAX_TOKENS) {
            throw new IllegalArgumentException(
                    "a vocabulary must have at most " + MAX_TOKENS + " tokens, has " + tokens.size());
        }
    }

    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    static Vocabulary saved(JsonNode saved) {
        return saved.isTextual()
                ? of(new TokenizerJson(saved.asText()))
                : of(StreamSupport.stream(saved.spliterator(), false)
                        .map(JsonNode::asText)
                        .toList());
    }

    /** That of a tokenizer. */
    public static Vocabulary of(TokenizerJson tokenizer) {
        return new Vocabulary(tokenizer);
    }

    /** A vocabulary of at least one token, those of the lowest ids first. */
    public static Vocabulary of(List<String> tokens) {
        if (tokens.isEmpty()) {
            throw new IllegalArgumentException("a vocabulary must have at least one token");
        }
        return new Vocabulary(tokens);
    }

    /** That of data without texts. */
    public static Vocabulary none() {
        return new Vocabulary(List.of());
    }

    /** As large as one that is not made yet: enough to reckon with. Its tokens are none that a text can have. */
    public static Vocabulary standIn(int tokens) {
        return new Vocabulary(
                IntStream.range(0, tokens).mapToObj(i -> "[" + i + "]").toList());
    }

    /**
     * Reads the bytes of a file; the first two lines may be missing.
     *
     * @param origin names the file in messages
     * @throws ArtifactException if it is not one
     */
    public static Vocabulary read(byte[] bytes, String origin) {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            List<String> lines = new ArrayList<>(text.lines().toList());
            if (lines.size() >= FIRST && lines.get(PADDING).equals(PADDING_LINE)) {
                if (!lines.get(UNKNOWN).equals(UNKNOWN_LINE)) {
                    throw new ArtifactException(origin + " must have " + UNKNOWN_LINE + " after " + PADDING_LINE
                            + ", has \"" + lines.get(UNKNOWN) + "\"");
                }
                lines.subList(0, FIRST).clear();
            }
            return of(lines);
        } catch (CharacterCodingException e) {
            throw new ArtifactException(origin + " is not UTF-8; convert it", e);
        } catch (IllegalArgumentException e) {
            throw new ArtifactException(origin + " is not a vocabulary with one token per line: " + e.getMessage(), e);
        }
    }

    /** The name of the file, in a network's directory. */
    public String file() {
        return tokenizer == null ? FILE : TokenizerJson.FILE;
    }

    /** What a recipe must say so that its texts are read by this vocabulary, whose file is in {@code directory}. */
    public String remedy(String directory) {
        String setting = tokenizer == null ? "vocabulary-file" : "tokenizer";
        return "let the data have its, by data.train." + setting + " = \"" + directory + "/" + file()
                + "\" (of kind spark, data.train.text." + setting + ")";
    }

    /** The bytes of the file. */
    public byte[] toBytes() {
        String content = tokenizer == null ? String.join("\n", byId()) + "\n" : tokenizer.json();
        return content.getBytes(StandardCharsets.UTF_8);
    }

    /** What makes the ids; nothing where it is the {@linkplain #TOKENS own rule}. */
    public Optional<TokenizerJson> tokenizer() {
        return Optional.ofNullable(tokenizer);
    }

    /** The rule by which texts become ids. */
    public String rule() {
        return tokenizer == null ? TOKENS : TokenizerJson.FILE + "/" + digest;
    }

    /** What each id stands for; without a tokenizer {@value #PADDING_LINE} and {@value #UNKNOWN_LINE} come first. */
    public List<String> byId() {
        return tokenizer != null
                ? tokens
                : Stream.concat(Stream.of(PADDING_LINE, UNKNOWN_LINE), tokens.stream())
                        .toList();
    }

    @JsonValue
    Object saved() {
        return tokenizer == null ? tokens : tokenizer;
    }

    /** The tokens, from id 2 on, or all of a tokenizer. */
    public List<String> tokens() {
        return tokens;
    }

    /** The id of a token that the {@linkplain #TOKENS own rule} made. */
    public int id(String token) {
        return ids.getOrDefault(token, UNKNOWN);
    }

    /** The id behind the tokens of a text that is short. */
    public int padding() {
        return tokenizer == null ? PADDING : tokenizer.padding();
    }

    /** Whether an id stands for tokens that are not known. */
    public boolean isUnknown(int id) {
        return tokenizer == null ? id == UNKNOWN : tokenizer.isUnknown(id);
    }

    /** Whether an id stands for nothing in a text, as that of a token that begins each. */
    public boolean isSpecial(int id) {
        return tokenizer != null && tokenizer.isSpecial(id);
    }

    /** How many ids there are, padding and unknown among them. */
    public int size() {
        return tokenizer == null ? FIRST + tokens.size() : tokens.size();
    }

    public boolean isNone() {
        return tokens.isEmpty();
    }

    /** Whether it is one that only {@linkplain #standIn stands in} for another. */
    public boolean isStandIn() {
        return tokenizer == null && !isNone() && tokens.get(0).equals("[0]");
    }

    private static String digest(List<String> tokens) {
        Digest digest = new Digest().add("vocabulary/1");
        tokens.forEach(digest::add);
        return digest.key();
    }

    /** Tells vocabularies apart. */
    public String digest() {
        return digest;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Vocabulary that && digest.equals(that.digest);
    }

    @Override
    public int hashCode() {
        return digest.hashCode();
    }

    @Override
    public String toString() {
        return "vocabulary of " + tokens.size() + " tokens, " + digest;
    }
}
