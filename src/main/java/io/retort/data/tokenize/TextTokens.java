package io.retort.data.tokenize;

/**
 * The tokens of a text, or of two texts, with the special ones.
 *
 * @param ids in the tokenizer's vocabulary
 * @param types 0 or 1: the text that a token is of
 * @param truncated whether there were more than the tokenizer leaves
 */
@SuppressWarnings("ArrayRecordComponent") // carried, never compared
public record TextTokens(long[] ids, long[] types, boolean truncated) {
    public int count() {
        return ids.length;
    }
}
