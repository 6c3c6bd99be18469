package io.retort.data.tokenize;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.retort.data.Column.TextColumn;
import io.retort.data.InputEncoder;
import io.retort.data.Labels;
import io.retort.data.Rows;
import io.retort.data.Schema;
import io.retort.data.ShownRows;
import io.retort.data.Target;
import io.retort.data.View;
import io.retort.data.encode.TokenInput;
import io.retort.engine.onnx.ForeignTeachers;
import io.retort.network.Vocabulary;
import io.retort.predict.RowBatch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;

/** The files of {@code src/test/resources/teachers/texts}: a small BERT, its tokenizer, and what Python makes of texts. */
public final class Berts {
    public static final Path TOKENIZER = ForeignTeachers.path("texts/tokenizer.json");
    public static final Path MODEL = ForeignTeachers.path("texts/bert.onnx");

    /** Texts of 16 tokens, with ids of 32 bits. */
    public static final Path FIXED = ForeignTeachers.path("texts/bert-16-int32.onnx");

    /** Tokens that a text has at most. */
    public static final int MAX_LENGTH = 16;

    private Berts() {}

    /** A text or, with a second one, a pair, and what Python makes of it. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    public record Expected(
            String text,
            Optional<String> pair,
            List<Long> ids,
            List<Long> types,
            boolean truncated,
            double[] logits,
            double[] mean) {}

    /**
     * What the file has of texts.
     *
     * @param pairs whether they come in pairs
     */
    public static List<Expected> expected(boolean pairs) {
        try {
            JsonNode all = new ObjectMapper()
                    .readTree(ForeignTeachers.path("texts/expected.json").toFile());
            return StreamSupport.stream(all.path("texts").spliterator(), false)
                    .map(Berts::expected)
                    .filter(one -> one.pair().isPresent() == pairs)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Expected expected(JsonNode one) {
        return new Expected(
                one.path("text").asText(),
                Optional.of(one.path("pair")).filter(JsonNode::isTextual).map(JsonNode::asText),
                longs(one.path("ids")),
                longs(one.path("types")),
                one.path("truncated").asBoolean(),
                doubles(one.path("logits")),
                doubles(one.path("mean")));
    }

    private static List<Long> longs(JsonNode values) {
        return StreamSupport.stream(values.spliterator(), false)
                .map(JsonNode::asLong)
                .toList();
    }

    private static double[] doubles(JsonNode values) {
        return StreamSupport.stream(values.spliterator(), false)
                .mapToDouble(JsonNode::asDouble)
                .toArray();
    }

    /** Rows of two columns of texts, text and city. */
    public static Schema schema() {
        return new Schema(
                List.of(new TextColumn("text"), new TextColumn("city")),
                new Target.ClassTarget(List.of("books", "films", "meals", "trips")),
                input());
    }

    private static InputEncoder input() {
        return new TokenInput("text", 4, Vocabulary.of(List.of("soup", "bread")));
    }

    /** Rows with these texts. */
    public static RowBatch rows(List<Expected> texts) {
        String[] first = texts.stream().map(Expected::text).toArray(String[]::new);
        String[] second = texts.stream().map(one -> one.pair().orElse("")).toArray(String[]::new);
        return rows(first, second);
    }

    /** Rows with these texts and cities. */
    public static RowBatch rows(String[] texts, String[] cities) {
        float[] none = new float[texts.length];
        Arrays.fill(none, Float.NaN);
        Rows rows = new Rows(
                schema().columns(),
                IntStream.range(0, texts.length).mapToLong(i -> i).toArray(),
                new Labels(none, 1),
                List.of(new Rows.TextValues(texts), new Rows.TextValues(cities)));
        return new ShownRows(schema(), rows, View.plain());
    }
}
