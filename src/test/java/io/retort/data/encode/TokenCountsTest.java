package io.retort.data.encode;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TokenCountsTest {
    @Test
    void putTheMostFrequentFirstAndEqualOnesInOrder() {
        TokenCounts counts = new TokenCounts(10);
        counts.add(List.of("b", "c", "a", "c", "d"));
        assertThat(counts.vocabulary(3).tokens()).containsExactly("c", "a", "b");
        assertThat(counts.vocabulary(99).tokens()).containsExactly("c", "a", "b", "d");
    }

    @Test
    void doNotDependOnHowTokensAreDealtOutWhileTheyAreExact() {
        List<String> tokens = tokens(5000, 50, 1);
        TokenCounts all = new TokenCounts(50);
        all.add(tokens);
        Collections.shuffle(tokens, new Random(2));
        List<TokenCounts> parts = new ArrayList<>();
        for (int from = 0; from < tokens.size(); from += 700) {
            TokenCounts part = new TokenCounts(50);
            part.add(tokens.subList(from, Math.min(tokens.size(), from + 700)));
            parts.add(part.pruned());
        }
        assertThat(TokenCounts.sum(parts).vocabulary(50)).isEqualTo(all.vocabulary(50));
    }

    /** Each token of the first 10 makes 5 % of the stream, far more than one in 100; the rest are all different. */
    @Test
    void keepWhatIsFrequentWhereMemoryIsShort() {
        List<String> tokens = tokens(10_000, 10, 3);
        for (int i = 0; i < 10_000; i++) {
            tokens.add("once" + i);
        }
        Collections.shuffle(tokens, new Random(4));
        List<TokenCounts> parts = new ArrayList<>();
        for (int part = 0; part < 4; part++) {
            TokenCounts counts = new TokenCounts(100);
            counts.add(tokens.subList(part * 5000, (part + 1) * 5000));
            parts.add(counts.pruned());
            assertThat(counts.vocabulary(Integer.MAX_VALUE).tokens()).hasSizeLessThanOrEqualTo(100);
        }
        assertThat(TokenCounts.sum(parts).vocabulary(10).tokens()).allMatch(token -> token.startsWith("t"));
    }

    private static List<String> tokens(int count, int different, long seed) {
        Random random = new Random(seed);
        List<String> tokens = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            tokens.add("t" + random.nextInt(different));
        }
        return tokens;
    }
}
