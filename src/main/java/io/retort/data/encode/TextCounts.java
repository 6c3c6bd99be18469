package io.retort.data.encode;

import java.io.Serializable;
import java.util.List;

/**
 * How much of texts a vocabulary knows.
 *
 * @param texts all of them
 * @param tokens of them, those that are cut off left out
 * @param unknown tokens that are not in the vocabulary
 * @param whollyUnknown texts without any known token, those without any token among them
 * @param cut texts that are longer than a sample
 */
public record TextCounts(long texts, long tokens, long unknown, long whollyUnknown, long cut) implements Serializable {
    /** The sum of several. */
    public static TextCounts sum(List<TextCounts> parts) {
        return parts.stream().reduce(new TextCounts(0, 0, 0, 0, 0), TextCounts::plus);
    }

    /** The share of the tokens that are unknown; 1 where there are none. */
    public double unknownShare() {
        return share(unknown, tokens);
    }

    /** The share of the texts without any known token. */
    public double whollyUnknownShare() {
        return share(whollyUnknown, texts);
    }

    /** The share of the texts that are cut. */
    public double cutShare() {
        return share(cut, texts);
    }

    private TextCounts plus(TextCounts other) {
        return new TextCounts(
                texts + other.texts,
                tokens + other.tokens,
                unknown + other.unknown,
                whollyUnknown + other.whollyUnknown,
                cut + other.cut);
    }

    private static double share(long part, long whole) {
        return whole == 0 ? 1 : (double) part / whole;
    }
}
