package io.retort.data.tokenize;

import io.retort.data.tokenize.TextTokenizer.TextTokens;
import io.retort.predict.BatchTensor;
import io.retort.predict.ElementType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * Rows that a model sees together, and the tokens of their texts.
 *
 * @param rows their places among the rows that the model is asked about
 * @param tokens of each; none where the model reads no tokens
 * @param length to which they are filled up
 * @param left whether they are filled up before the text
 */
@SuppressWarnings("ArrayRecordComponent") // carried, never compared
public record TokenBatch(int[] rows, List<TextTokens> tokens, int length, boolean left) {
    /**
     * In a batch, padding among them. Attention takes rows · length² values for each head: texts of 512 tokens then come
     * 8 at a time.
     */
    private static final int MOST_TOKENS = 4096;

    /** Larger batches of texts are hardly faster on a CPU, and have more padding. */
    private static final int MOST_ROWS = 32;

    /** Rows in their order, without tokens. */
    public static List<TokenBatch> inOrder(int rows, int mostRows) {
        List<TokenBatch> batches = new ArrayList<>();
        for (int from = 0; from < rows; from += mostRows) {
            int[] some = IntStream.range(from, from + Math.min(mostRows, rows - from))
                    .toArray();
            batches.add(new TokenBatch(some, List.of(), 0, false));
        }
        return batches;
    }

    /**
     * Rows by the number of their tokens, so that hardly any is filled up much.
     *
     * @param fixed the length that the model wants; 0 where it takes any
     */
    static List<TokenBatch> byLength(List<TextTokens> tokens, int fixed, boolean left, int mostRows) {
        int[] order = IntStream.range(0, tokens.size())
                .boxed()
                .sorted(Comparator.comparingInt(row -> tokens.get(row).count()))
                .mapToInt(Integer::intValue)
                .toArray();
        List<TokenBatch> batches = new ArrayList<>();
        int from = 0;
        for (int to = 1; to <= order.length; to++) {
            int next = to < order.length ? tokens.get(order[to]).count() : 0;
            int rows = to + 1 - from;
            boolean full = rows > Math.min(mostRows, MOST_ROWS) || rows * (long) Math.max(fixed, next) > MOST_TOKENS;
            if (full || to == order.length) {
                int[] some = Arrays.copyOfRange(order, from, to);
                int longest = tokens.get(order[to - 1]).count();
                // a text without any token is one of padding: no model takes tensors of no tokens
                int length = fixed > 0 ? fixed : Math.max(1, longest);
                batches.add(new TokenBatch(
                        some, IntStream.of(some).mapToObj(tokens::get).toList(), length, left));
                from = to;
            }
        }
        return batches;
    }

    /** The place of a row's first token. */
    public int first(int row) {
        return left ? length - tokens.get(row).count() : 0;
    }

    /** The largest of all tokens' ids. */
    public long largestId() {
        return tokens.stream()
                .flatMapToLong(text -> LongStream.of(text.ids()))
                .max()
                .orElse(0);
    }

    /** A tensor {@code [rows, length]} of a value for each token, with one value for all padding. */
    BatchTensor tensor(ElementType type, Values values, long padding) {
        BatchTensor tensor = new BatchTensor(type, List.of(length), rows.length);
        float[] filled = new float[length];
        for (int row = 0; row < rows.length; row++) {
            Arrays.fill(filled, (float) padding);
            long[] own = values.of(tokens.get(row));
            for (int i = 0; i < own.length; i++) {
                filled[first(row) + i] = own[i]; // a float holds all ids up to 2^24
            }
            tensor.putRow(row, filled, 0);
        }
        return tensor;
    }

    /** What is written of a text's tokens. */
    @FunctionalInterface
    interface Values {
        long[] of(TextTokens tokens);
    }
}
