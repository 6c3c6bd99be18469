package io.retort.network;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
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
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The tokens that a network knows. Id {@value #PADDING} stands for padding, id {@value #UNKNOWN} for every token that
 * is not in the list, and the token at index i of the list has id {@code i + 2}.
 *
 * <p>It is part of the layer that reads ids, so that a network never meets ids of another list. As a file it has one
 * token per line, in UTF-8, and begins with the lines {@value #PADDING_LINE} and {@value #UNKNOWN_LINE}: the id is the
 * number of the line, counted from 0.
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

    private Vocabulary(List<String> tokens) {
        this.tokens = List.copyOf(tokens);
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

    /** A vocabulary of at least one token, those of the lowest ids first. */
    @JsonCreator
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

    /** The bytes of the file. */
    public byte[] toBytes() {
        return (String.join("\n", byId()) + "\n").getBytes(StandardCharsets.UTF_8);
    }

    /** What each id stands for, {@value #PADDING_LINE} and {@value #UNKNOWN_LINE} first. */
    public List<String> byId() {
        return Stream.concat(Stream.of(PADDING_LINE, UNKNOWN_LINE), tokens.stream())
                .toList();
    }

    /** The tokens, from id 2 on. */
    @JsonValue
    public List<String> tokens() {
        return tokens;
    }

    public int id(String token) {
        return ids.getOrDefault(token, UNKNOWN);
    }

    /** How many ids there are, padding and unknown among them. */
    public int size() {
        return FIRST + tokens.size();
    }

    public boolean isNone() {
        return tokens.isEmpty();
    }

    /** Whether it is one that only {@linkplain #standIn stands in} for another. */
    public boolean isStandIn() {
        return !isNone() && tokens.get(0).equals("[0]");
    }

    /** Tells vocabularies apart. */
    public String digest() {
        Digest digest = new Digest().add("vocabulary/1");
        tokens.forEach(digest::add);
        return digest.key();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Vocabulary that && tokens.equals(that.tokens);
    }

    @Override
    public int hashCode() {
        return tokens.hashCode();
    }

    @Override
    public String toString() {
        return "vocabulary of " + tokens.size() + " tokens, " + digest();
    }
}
