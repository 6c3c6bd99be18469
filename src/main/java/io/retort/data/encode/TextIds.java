package io.retort.data.encode;

import io.retort.data.tokenize.TextTokenizer;
import io.retort.data.tokenize.TextTokenizer.TextTokens;
import io.retort.network.TokenizerJson;
import io.retort.network.Vocabulary;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.LongStream;

/** Makes of texts the ids that a network reads, by {@link Tokens} or by a tokenizer. Any number of threads may use it. */
@FunctionalInterface
interface TextIds {
    /**
     * Letters of a text that a tokenizer looks at for each id. Tokens have four or five, and a text of megabytes, which
     * may take minutes, is cut after its first page or two.
     */
    int LETTERS_PER_ID = 200;

    /**
     * The ids of a text, with padding.
     *
     * @param isCut whether the text has more of them
     */
    @SuppressWarnings("ArrayRecordComponent") // read once, never compared
    record Cut(int[] ids, boolean isCut) {}

    /** Those of a text, of which there are as many as of any other. */
    Cut ids(String text);

    /**
     * By a vocabulary's tokenizer, or the rule of {@link Tokens}.
     *
     * @param length how many ids there are of each text
     */
    static TextIds of(Vocabulary vocabulary, int length) {
        return vocabulary
                .tokenizer()
                .map(file -> tokenized(Open.tokenizer(vocabulary.digest(), file, length), length))
                .orElseGet(() -> text -> {
                    List<String> tokens = Tokens.of(text, length + 1);
                    int[] ids = tokens.stream()
                            .limit(length)
                            .mapToInt(vocabulary::id)
                            .toArray();
                    return new Cut(Arrays.copyOf(ids, length), tokens.size() > length); // 0 pads
                });
    }

    private static TextIds tokenized(TextTokenizer tokenizer, int length) {
        int most = Math.multiplyExact(LETTERS_PER_ID, length);
        return text -> {
            boolean tooLong = text.length() > most;
            int end = tooLong && Character.isHighSurrogate(text.charAt(most - 1)) ? most - 1 : most;
            TextTokens tokens = tokenizer.encode(tooLong ? text.substring(0, end) : text);
            int[] ids = LongStream.of(tokens.ids()).mapToInt(Math::toIntExact).toArray();
            return new Cut(ids, tooLong || tokens.truncated());
        };
    }

    /**
     * The tokenizers that are open in this JVM. It is static, for Spark offers no place of its own for what outlives a
     * task; an application has one or two, which stay open until it ends.
     */
    final class Open {
        private static final Map<String, TextTokenizer> TOKENIZERS = new ConcurrentHashMap<>();

        private Open() {}

        private static TextTokenizer tokenizer(String digest, TokenizerJson file, int length) {
            return TOKENIZERS.computeIfAbsent(digest + "/" + length, key -> TextTokenizer.open(file.ofLength(length)));
        }
    }
}
