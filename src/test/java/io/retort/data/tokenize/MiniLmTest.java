package io.retort.data.tokenize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.retort.data.encode.EncodedModel;
import io.retort.data.encode.PooledOutput;
import io.retort.data.encode.PooledOutput.Pooling;
import io.retort.data.encode.PooledOutput.Scale;
import io.retort.data.tokenize.TextTokenizer.TextTokens;
import io.retort.engine.onnx.ForeignTeachers;
import io.retort.engine.onnx.run.ForeignModel;
import io.retort.engine.onnx.run.OnnxPredictor;
import io.retort.storage.Storage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;
import java.util.stream.StreamSupport;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The real all-MiniLM-L6-v2 of sentence-transformers, out of LangChain4j's jar, beside what Python gives. */
class MiniLmTest {
    @TempDir
    private Path directory;

    @Test
    void givesTheIdsAndEmbeddingsThatPythonGives() throws IOException {
        JsonNode expected = new ObjectMapper()
                .readTree(ForeignTeachers.path("texts/minilm.json").toFile());
        String[] texts = StreamSupport.stream(expected.spliterator(), false)
                .map(one -> one.path("text").asText())
                .toArray(String[]::new);
        OnnxPredictor predictor =
                OnnxPredictor.open(ForeignModel.at(unpacked("all-minilm-l6-v2.onnx", "minilm.onnx")), 2);
        TokenizerSettings settings = new TokenizerSettings(
                unpacked("all-minilm-l6-v2-tokenizer.json", "tokenizer.json").toString(),
                Optional.of("text"),
                Optional.empty(),
                Optional.of(16),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
        TokenizedTexts.Open open = settings.texts(Storage.of(new Configuration()), Berts.schema(), predictor.inputs())
                .open();
        List<TextTokens> tokens = open.tokens(Berts.rows(texts, new String[texts.length]));
        PooledOutput mean = new PooledOutput("last_hidden_state", Pooling.MEAN, Scale.UNIT, 384);
        try (EncodedModel model = new EncodedModel(predictor, Map.of(), Optional.of(open), mean, 100)) {
            float[] embeddings = model.predict(Berts.rows(texts, new String[texts.length]));
            for (int row = 0; row < texts.length; row++) {
                JsonNode one = expected.get(row);
                assertThat(LongStream.of(tokens.get(row).ids()).boxed())
                        .as(texts[row])
                        .containsExactlyElementsOf(
                                StreamSupport.stream(one.path("ids").spliterator(), false)
                                        .map(JsonNode::asLong)
                                        .toList());
                for (int i = 0; i < 384; i++) {
                    assertThat((double) embeddings[384 * row + i])
                            .isCloseTo(one.path("embedding").get(i).asDouble(), within(1e-5));
                }
            }
        }
    }

    private Path unpacked(String resource, String name) throws IOException {
        Path file = directory.resolve(name);
        try (InputStream in = MiniLmTest.class.getResourceAsStream("/" + resource)) {
            Files.copy(in, file);
        }
        return file;
    }
}
