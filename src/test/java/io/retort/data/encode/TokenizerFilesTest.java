package io.retort.data.encode;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.retort.network.Structure;
import io.retort.network.Vocabulary;
import io.retort.network.zoo.TextArchitecture;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The tokenizer that others get, asked in the library that they use, gives the ids that networks are trained on. */
class TokenizerFilesTest {
    private static final int LENGTH = 12;
    private static final Vocabulary WORDS = Vocabulary.of(Tokens.of(
            "a fast viewer café 10 km οδοσ ασ α çay мир ёжик हिन्दी 한국어 我 们 京 15 の テ ผ abc 漢 字 ok 1 pad unk "
                    + "x".repeat(40),
            100));
    private static final Structure STRUCTURE = new TextArchitecture.EmbeddingBag(4).buildForTexts(WORDS, LENGTH, 2);

    @Test
    void theLibraryGivesTheIdsOfTheTestThatTravelsWithTheTokenizer() throws IOException {
        JsonNode test = new ObjectMapper().readTree(TokenizerFiles.of(STRUCTURE).get(TokenizerFiles.TEST));
        try (HuggingFaceTokenizer library = read(STRUCTURE)) {
            assertThat(test.get("cases")).hasSizeGreaterThan(20).allSatisfy(one -> {
                int[] ids = new ObjectMapper().convertValue(one.get("ids"), int[].class);
                String text = one.get("text").asText();
                assertThat(padded(library, text)).as(text).isEqualTo(ids);
            });
        }
        assertThat(test.get("cases").findValues("ids").toString()).contains("[1,", "[2,", ",0]");
    }

    /** Both have Unicode's tables, in versions of their own. */
    @Test
    void theLibraryCutsEveryLetterOfThisJavasUnicodeAsWeDo() throws IOException {
        List<String> texts = IntStream.rangeClosed(1, Character.MAX_CODE_POINT)
                .filter(TokenizerFilesTest::isOneOfMany)
                .mapToObj(letter -> "a%1$sb %1$s\u4e00%1$s\u0e01%1$s".formatted(Character.toString(letter)))
                .toList();
        assertThat(texts).hasSizeGreaterThan(20_000);
        for (int from = 0; from < texts.size(); from += 10_000) {
            assertSame(texts.subList(from, Math.min(texts.size(), from + 10_000)));
        }
    }

    @Test
    void theLibraryCutsTextsOfManyScriptsAsWeDo() throws IOException {
        int[] letters = ("ΣσςΑαİIıßﬁŉǅabZ9٣½Ⅳ²ªº日本語カタかなกำไทยहिन्दी한글ລາວខ្មែរမြန်မာ\u0301\u0345\u200d\u200c"
                        + ".,'·:_-’ \n\t\r〇々ー𝒜𠮷́😀")
                .codePoints()
                .toArray();
        SplittableRandom random = new SplittableRandom(7);
        assertSame(Stream.generate(() -> IntStream.range(0, random.nextInt(1, 90))
                        .map(i -> letters[random.nextInt(letters.length)])
                        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                        .toString())
                .limit(2_000)
                .toList());
    }

    /** All letters but the thousands of Chinese and Korean ones, and some of the symbols. */
    private static boolean isOneOfMany(int codePoint) {
        boolean uniform = Character.isIdeographic(codePoint)
                || Character.UnicodeScript.of(codePoint) == Character.UnicodeScript.HANGUL
                || !Character.isLetter(codePoint);
        boolean mark = Character.getType(codePoint) == Character.NON_SPACING_MARK;
        return Character.isDefined(codePoint)
                && Character.getType(codePoint) != Character.SURROGATE
                && (!uniform || mark || codePoint % 16 == 0);
    }

    /** By a vocabulary of all their tokens, which tells these apart. */
    private static void assertSame(List<String> texts) throws IOException {
        List<List<String>> cut =
                texts.stream().map(text -> Tokens.of(text, 100)).toList();
        Vocabulary all =
                Vocabulary.of(cut.stream().flatMap(List::stream).distinct().toList());
        Structure structure = new TextArchitecture.EmbeddingBag(1).buildForTexts(all, 100, 2);
        try (HuggingFaceTokenizer library = read(structure)) {
            for (int i = 0; i < texts.size(); i++) {
                String text = texts.get(i);
                assertThat(library.encode(text).getIds())
                        .as(() -> text.codePoints()
                                .mapToObj(Integer::toHexString)
                                .toList()
                                .toString())
                        .isEqualTo(cut.get(i).stream().mapToLong(all::id).toArray());
            }
        }
    }

    private static int[] padded(HuggingFaceTokenizer tokenizer, String text) {
        int[] ids = Arrays.stream(tokenizer.encode(text).getIds())
                .mapToInt(Math::toIntExact)
                .toArray();
        assertThat(ids).hasSizeLessThanOrEqualTo(LENGTH);
        return Arrays.copyOf(ids, LENGTH);
    }

    /** DJL pads as its own settings say, whatever the file does. */
    private static HuggingFaceTokenizer read(Structure structure) throws IOException {
        return HuggingFaceTokenizer.newInstance(
                new ByteArrayInputStream(TokenizerFiles.of(structure).get(TokenizerFiles.TOKENIZER)),
                Map.of("padding", "false"));
    }
}
