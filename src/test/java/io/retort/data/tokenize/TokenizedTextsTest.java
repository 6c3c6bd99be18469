package io.retort.data.tokenize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.retort.config.SettingException;
import io.retort.data.tokenize.Berts.Expected;
import io.retort.data.tokenize.TextTokenizer.TextTokens;
import io.retort.engine.onnx.run.ForeignModel;
import io.retort.engine.onnx.run.OnnxPredictor;
import io.retort.engine.onnx.run.OnnxSession.Optimisation;
import io.retort.predict.Predictor.Inputs;
import io.retort.predict.Predictor.TensorSpec;
import io.retort.predict.RowBatch;
import io.retort.storage.Digest;
import io.retort.storage.Storage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The ids and masks of a model from elsewhere, beside those that Python's tokenizers give. */
class TokenizedTextsTest {
    private static final Storage STORAGE = Storage.of(new Configuration());

    @TempDir
    private Path directory;

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void givesTheIdsThatPythonGives(boolean pairs) {
        List<Expected> expected = Berts.expected(pairs);
        assertThat(expected)
                .anyMatch(Expected::truncated)
                .anyMatch(one -> one.text().isEmpty());
        try (TokenizedTexts.Open open =
                texts(Berts.TOKENIZER, Berts.MODEL, pairs).open()) {
            List<TextTokens> tokens = open.tokens(Berts.rows(expected));
            for (int i = 0; i < expected.size(); i++) {
                assertThat(tokens.get(i).ids())
                        .as(expected.get(i).text())
                        .containsExactly(expected.get(i).ids().toArray(Long[]::new));
                assertThat(tokens.get(i).types())
                        .containsExactly(expected.get(i).types().toArray(Long[]::new));
                assertThat(tokens.get(i).truncated()).isEqualTo(expected.get(i).truncated());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void givesTheLogitsThatPythonGivesAtAnyLength(boolean fixed) {
        List<Expected> expected = Berts.expected(true);
        Path model = fixed ? Berts.FIXED : Berts.MODEL;
        try (OnnxPredictor predictor =
                        OnnxPredictor.open(ForeignModel.at(model), List.of("logits"), 1, Optimisation.ALL);
                TokenizedTexts.Open open = texts(Berts.TOKENIZER, model, true).open()) {
            for (int most : new int[] {1, 2, 100}) {
                for (TokenBatch batch : open.batches(Berts.rows(expected), most)) {
                    assertThat(batch.length()).isEqualTo(fixed ? 16 : longest(batch));
                    float[] logits = predictor
                            .predict(new Inputs(batch.rows().length, open.tensors(batch)))
                            .of("logits");
                    for (int i = 0; i < batch.rows().length; i++) {
                        for (int c = 0; c < 4; c++) {
                            assertThat((double) logits[4 * i + c])
                                    .isCloseTo(expected.get(batch.rows()[i]).logits()[c], within(1e-4));
                        }
                    }
                }
            }
        }
    }

    private static int longest(TokenBatch batch) {
        return batch.tokens().stream().mapToInt(TextTokens::count).max().orElseThrow();
    }

    @Test
    void putsTextsOfOneLengthTogether() {
        String[] texts =
                IntStream.range(0, 200).mapToObj(i -> "soup ".repeat(i % 10)).toArray(String[]::new);
        try (TokenizedTexts.Open open =
                texts(Berts.TOKENIZER, Berts.MODEL, false).open()) {
            List<TokenBatch> batches = open.batches(Berts.rows(texts, new String[200]), 20);
            assertThat(batches).hasSize(10).allMatch(batch -> batch.rows().length == 20);
            assertThat(batches).extracting(TokenBatch::length).containsExactly(2, 3, 4, 5, 6, 7, 8, 9, 10, 11);
            assertThat(batches.stream()
                            .flatMapToInt(batch -> IntStream.of(batch.rows()))
                            .sorted())
                    .containsExactlyElementsOf(IntStream.range(0, 200).boxed().toList());
        }
    }

    @Test
    void longTextsComeFewAtATime() {
        List<TextTokens> tokens = IntStream.range(0, 40)
                .mapToObj(i -> new TextTokens(LongStream.range(0, 512).toArray(), new long[512], false))
                .toList();
        assertThat(TokenBatch.byLength(tokens, 0, false, 128))
                .extracting(batch -> batch.rows().length)
                .containsExactly(8, 8, 8, 8, 8);
    }

    @Test
    void padsAsTheFileSays() throws IOException {
        Path left = edited(root -> root.putObject("padding")
                .put("direction", "Left")
                .put("pad_id", 7)
                .put("pad_type_id", 1)
                .put("pad_token", "x")
                .putObject("strategy")
                .put("Fixed", 3));
        assertThat(padded(left, Optional.empty())).isEqualTo("[7, 7, 1, 2] [0, 0, 1, 1] [1, 1, 0, 0]");
        assertThat(padded(left, Optional.of("[MASK]"))).isEqualTo("[4, 4, 1, 2] [0, 0, 1, 1] [1, 1, 0, 0]");
        assertThat(padded(Berts.TOKENIZER, Optional.empty())).isEqualTo("[1, 2, 3, 3] [1, 1, 0, 0] [0, 0, 0, 0]");
    }

    /** Ids, mask and types of an empty text beside one of four tokens. */
    private static String padded(Path tokenizer, Optional<String> padToken) {
        TokenizerSettings settings = settings(tokenizer, Optional.of(16), padToken);
        try (TokenizedTexts.Open open =
                settings.texts(STORAGE, Berts.schema(), inputs(Berts.MODEL)).open()) {
            TokenBatch batch = open.batches(Berts.rows(new String[] {"novel page", ""}, new String[2]), 9)
                    .get(0);
            var tensors = open.tensors(batch);
            return String.join(
                    " ",
                    List.of("input_ids", "attention_mask", "token_type_ids").stream()
                            .map(name -> Arrays.toString(
                                    longs(tensors.get(name).bytes(0, 1).asLongBuffer())))
                            .toList());
        }
    }

    private static long[] longs(java.nio.LongBuffer buffer) {
        long[] values = new long[buffer.remaining()];
        buffer.get(values);
        return values;
    }

    @Test
    void truncatesAsTheFileSays() throws IOException {
        Path left = edited(root -> root.putObject("truncation")
                .put("direction", "Left")
                .put("max_length", 4)
                .put("strategy", "LongestFirst")
                .put("stride", 1));
        TokenizedTexts texts =
                settings(left, Optional.empty(), Optional.empty()).texts(STORAGE, Berts.schema(), inputs(Berts.MODEL));
        assertThat(texts.maxLength()).isEqualTo(4);
        try (TokenizedTexts.Open open = texts.open();
                TokenizedTexts.Open whole =
                        texts(Berts.TOKENIZER, Berts.MODEL, false).open()) {
            RowBatch rows = Berts.rows(new String[] {"soup novel page"}, new String[1]);
            long[] all = whole.tokens(rows).get(0).ids();
            assertThat(open.tokens(rows).get(0).ids()).containsExactly(all[0], all[2], all[3], all[4]);
            // of a long text the last letters are read
            String huge = "bread ".repeat(2_000_000) + "soup novel page";
            assertThat(open.tokens(Berts.rows(new String[] {huge}, new String[1]))
                            .get(0)
                            .ids())
                    .containsExactly(all[0], all[2], all[3], all[4]);
        }
    }

    @Test
    void readsTheFirstPageOfALongText() {
        String huge = "soup novel page " + "bread ".repeat(2_000_000);
        try (TokenizedTexts.Open open =
                texts(Berts.TOKENIZER, Berts.MODEL, false).open()) {
            TextTokens tokens =
                    open.tokens(Berts.rows(new String[] {huge}, new String[1])).get(0);
            assertThat(tokens.count()).isEqualTo(Berts.MAX_LENGTH);
            assertThat(tokens.truncated()).isTrue();
        }
    }

    @Test
    void severalThreadsShareOne() {
        List<Expected> expected = Berts.expected(false);
        try (TokenizedTexts.Open open =
                texts(Berts.TOKENIZER, Berts.MODEL, false).open()) {
            List<List<Long>> found = IntStream.range(0, 2000)
                    .parallel()
                    .mapToObj(i -> open.tokens(Berts.rows(List.of(expected.get(i % expected.size()))))
                            .get(0))
                    .map(tokens -> LongStream.of(tokens.ids()).boxed().toList())
                    .toList();
            for (int i = 0; i < found.size(); i++) {
                assertThat(found.get(i))
                        .isEqualTo(expected.get(i % expected.size()).ids());
            }
        }
    }

    @Test
    void refusesWhatIsNoTokenizer() throws IOException {
        assertThatThrownBy(() -> texts(written("{ nonsense"), Berts.MODEL, false))
                .isInstanceOf(SettingException.class)
                .hasMessageStartingWith("path other.json is no JSON (");
        assertThatThrownBy(() -> texts(written("{\"vocab_size\": 3}"), Berts.MODEL, false))
                .hasMessageStartingWith(
                        "path other.json has no model of a tokenizer in it; it must be a tokenizer.json");
        Path unknown = edited(root -> root.putObject("model").put("type", "Runes"));
        assertThatThrownBy(() -> texts(unknown, Berts.MODEL, false))
                .hasMessageStartingWith("path other.json is no tokenizer that the library of Hugging Face reads (");
        assertThatThrownBy(() -> texts(directory.resolve("none.json"), Berts.MODEL, false))
                .hasMessageContaining("none.json");
    }

    @Test
    void asksForWhatTheFileDoesNotSay() throws IOException {
        assertThatThrownBy(() -> settings(Berts.TOKENIZER, Optional.empty(), Optional.empty())
                        .texts(STORAGE, Berts.schema(), inputs(Berts.MODEL)))
                .hasMessageStartingWith("max-length missing, for the tokenizer's file says nothing of truncation");
        assertThatThrownBy(() -> settings(Berts.TOKENIZER, Optional.of(17), Optional.empty())
                        .texts(STORAGE, Berts.schema(), inputs(Berts.FIXED)))
                .hasMessage("max-length must be at most 16, the length that the model's inputs are fixed at, was 17");
        Path without = edited(root -> root.putArray("added_tokens"));
        assertThatThrownBy(() -> texts(without, Berts.MODEL, false)).hasMessageStartingWith("pad-token missing");
        TokenizerSettings unnamed = new TokenizerSettings(
                Berts.TOKENIZER.toString(),
                Optional.empty(),
                Optional.empty(),
                Optional.of(16),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.of("types"));
        assertThatThrownBy(() -> unnamed.texts(STORAGE, Berts.schema(), inputs(Berts.MODEL)))
                .hasMessage("column missing; name the column of texts, one of [text, city]");
    }

    @Test
    void hasAKeyThatStays() {
        TokenizedTexts texts = texts(Berts.TOKENIZER, Berts.MODEL, true);
        String key = new Digest().add(texts).key();
        assertThat(key).isEqualTo("1d67f75cdb45be6de11c918710473978");
        List<TokenizedTexts> others = new ArrayList<>(List.of(
                texts(Berts.TOKENIZER, Berts.MODEL, false),
                texts(Berts.TOKENIZER, Berts.FIXED, true),
                settings(Berts.TOKENIZER, Optional.of(15), Optional.empty())
                        .texts(STORAGE, Berts.schema(), inputs(Berts.MODEL))));
        assertThat(others).noneMatch(other -> new Digest().add(other).key().equals(key));
    }

    private Path edited(Consumer<ObjectNode> change) throws IOException {
        ObjectNode root = (ObjectNode) new ObjectMapper().readTree(Berts.TOKENIZER.toFile());
        change.accept(root);
        return written(root.toString());
    }

    private Path written(String content) throws IOException {
        return Files.writeString(directory.resolve("other.json"), content, StandardCharsets.UTF_8);
    }

    static TokenizedTexts texts(Path tokenizer, Path model, boolean pairs) {
        return new TokenizerSettings(
                        tokenizer.toString(),
                        Optional.of("text"),
                        pairs ? Optional.of("city") : Optional.empty(),
                        Optional.of(Berts.MAX_LENGTH),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty())
                .texts(STORAGE, Berts.schema(), inputs(model));
    }

    private static TokenizerSettings settings(Path tokenizer, Optional<Integer> length, Optional<String> padToken) {
        return new TokenizerSettings(
                tokenizer.toString(),
                Optional.of("text"),
                Optional.empty(),
                length,
                padToken,
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    private static List<TensorSpec> inputs(Path model) {
        try (OnnxPredictor predictor = OnnxPredictor.open(ForeignModel.at(model), 1)) {
            return predictor.inputs();
        }
    }
}
