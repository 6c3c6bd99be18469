package io.retort.data.encode;

import io.retort.network.Structure;
import io.retort.network.TokenizerJson;
import io.retort.network.Vocabulary;
import io.retort.storage.Json;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The tokenizer of a network of texts for other programs: {@value #TOKENIZER}, which Hugging Face's library
 * {@code tokenizers} reads, and {@value #TEST}, texts with the ids that it must give.
 *
 * <p>{@code docs/TEXT.md} has the few letters and marks of which that library, with Unicode tables of its own, makes
 * other tokens than {@link Tokens}.
 */
public final class TokenizerFiles {
    public static final String TOKENIZER = TokenizerJson.FILE;
    public static final String TEST = "tokenizer-test.json";

    /** What scripts, case, composition and length make difficult. */
    private static final List<String> TEXTS = List.of(
            "A fast viewer for large pictures",
            "",
            " \t--;\r\n",
            "Cafe\u0301 caf\u00e9 CAFÉ, naïve; n°5: 10.5 km² №7",
            "ΟΔΟΣ οδός ΑΣ.Α",
            "İstanbul'da çay, Straße, ﬁn",
            "Привет, мир! Ёжик",
            "مرحبا بالعالم ١٢٣",
            "שלום עולם",
            "हिन्दी में एक वाक्य",
            "한국어 문장입니다",
            "我们在北京喝茶。15元",
            "日本語のテキスト、カタカナも",
            "ผมชอบดื่มชาในกรุงเทพ",
            "abc漢字def👩‍👩‍👧ok_1",
            "x".repeat(41) + " " + "x".repeat(40),
            "one two three four five six seven eight nine ten ".repeat(60));

    /** Tokens of the vocabulary that stand in tests, and how many in one text. */
    private static final int KNOWN = 64;

    private static final int KNOWN_IN_A_TEXT = 8;

    private TokenizerFiles() {}

    private record Test(List<Case> cases) {}

    private record Case(String text, List<Integer> ids) {}

    /** The files by name; none of a network that reads no texts. */
    public static Map<String, byte[]> of(Structure structure) {
        return structure
                .vocabulary()
                .map(vocabulary -> {
                    TokenInput input = new TokenInput(
                            "text", Math.toIntExact(structure.input().elements()), vocabulary);
                    return Map.of(TOKENIZER, tokenizer(input), TEST, Json.file(test(input)));
                })
                .orElseGet(Map::of);
    }

    private static Test test(TokenInput input) {
        TextIds ids = TextIds.of(input.vocabulary(), input.length());
        List<String> tokens = input.vocabulary().tokens();
        int step = Math.max(1, tokens.size() / KNOWN);
        List<String> known = IntStream.iterate(0, i -> i < tokens.size(), i -> i + step)
                .mapToObj(tokens::get)
                .toList();
        Stream<String> texts = IntStream.iterate(0, i -> i < known.size(), i -> i + KNOWN_IN_A_TEXT)
                .mapToObj(i -> String.join(" ", known.subList(i, Math.min(i + KNOWN_IN_A_TEXT, known.size()))));
        return new Test(Stream.concat(TEXTS.stream(), texts)
                .map(text -> new Case(
                        text, Arrays.stream(ids.ids(text).ids()).boxed().toList()))
                .toList());
    }

    private static byte[] tokenizer(TokenInput input) {
        return input.vocabulary()
                .tokenizer()
                .map(file -> file.ofLength(input.length()).getBytes(StandardCharsets.UTF_8))
                .orElseGet(() -> Json.file(ofOwnRule(input)));
    }

    private static Map<String, Object> ofOwnRule(TokenInput input) {
        Map<String, Integer> ids = new LinkedHashMap<>();
        List<String> byId = input.vocabulary().byId();
        IntStream.range(0, byId.size()).forEach(id -> ids.putIfAbsent(byId.get(id), id));
        Map<String, Object> file = new LinkedHashMap<>();
        file.put("version", "1.0");
        file.put("truncation", TokenizerJson.truncation(input.length()));
        file.put("padding", TokenizerJson.padding(input.length(), Vocabulary.PADDING, byId.get(Vocabulary.PADDING)));
        file.put("added_tokens", List.of()); // a text that has "[PAD]" in it has the token "pad"
        file.put("normalizer", sequence("normalizers", normalizers()));
        file.put("pre_tokenizer", sequence("pretokenizers", List.of(keep(Tokens.PATTERN), keep(Tokens.FIRST))));
        file.put("post_processor", null);
        file.put("decoder", null);
        file.put("model", Map.of("type", "WordLevel", "vocab", ids, "unk_token", byId.get(Vocabulary.UNKNOWN)));
        return file;
    }

    private static List<Map<String, Object>> normalizers() {
        return List.of(
                Map.of("type", "NFC"),
                Map.of("type", "Lowercase"), // each letter by itself, so Σ always becomes σ
                Map.of("type", "Replace", "pattern", Map.of("String", "ς"), "content", "σ"));
    }

    private static Map<String, Object> sequence(String key, List<Map<String, Object>> steps) {
        return new LinkedHashMap<>(Map.of("type", "Sequence", key, new ArrayList<>(steps)));
    }

    /** Leaves of a text what matches, each match by itself. */
    private static Map<String, Object> keep(String regex) {
        return Map.of("type", "Split", "pattern", Map.of("Regex", regex), "behavior", "Removed", "invert", true);
    }
}
