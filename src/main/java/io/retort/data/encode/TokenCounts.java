package io.retort.data.encode;

import io.retort.network.Vocabulary;
import java.io.Serializable;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How often tokens occur, in bounded memory.
 *
 * <p>At most {@code 2 · most} tokens are counted at a time, or as many as the parts of a sum have. When there are more,
 * the count of the one in place {@code most + 1} is taken from all of them, and those without anything left are
 * forgotten (Misra and Gries 1982, "Finding repeated elements"; merged as in Agarwal et al. 2012, "Mergeable
 * summaries", section 3). So with no more than {@code most} different tokens all counts are exact, and otherwise each
 * is too small by at most n / most, n being the number of all tokens. What comes out depends on the tokens and on how
 * they are dealt out, and on nothing else.
 */
public final class TokenCounts implements Serializable {
    private static final long serialVersionUID = 1L;

    private final int most;
    private final HashMap<String, Long> counts = new HashMap<>();

    /** @param most different tokens that are told apart in the end */
    public TokenCounts(int most) {
        this.most = most;
    }

    /**
     * The sum of counts with one bound. They are pruned when all are added, so that the order in which a map has them
     * does not matter.
     */
    public static TokenCounts sum(List<TokenCounts> parts) {
        TokenCounts sum = new TokenCounts(parts.get(0).most);
        parts.forEach(part -> part.counts.forEach((token, count) -> sum.counts.merge(token, count, Long::sum)));
        return sum.pruned();
    }

    public void add(Collection<String> tokens) {
        for (String token : tokens) {
            counts.merge(token, 1L, Long::sum);
            if (counts.size() > 2 * most) {
                pruned();
            }
        }
    }

    /** These counts, of no more than {@code most} tokens. */
    public TokenCounts pruned() {
        if (counts.size() > most) {
            long[] sorted =
                    counts.values().stream().mapToLong(Long::longValue).sorted().toArray();
            long taken = sorted[sorted.length - 1 - most];
            counts.replaceAll((token, count) -> count - taken);
            counts.values().removeIf(count -> count <= 0);
        }
        return this;
    }

    public boolean isEmpty() {
        return counts.isEmpty();
    }

    /** The most frequent tokens, equally frequent ones in the order of their characters. */
    public Vocabulary vocabulary(int tokens) {
        return Vocabulary.of(counts.entrySet().stream()
                .sorted(Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder())
                        .thenComparing(Map.Entry.comparingByKey()))
                .limit(tokens)
                .map(Map.Entry::getKey)
                .toList());
    }
}
