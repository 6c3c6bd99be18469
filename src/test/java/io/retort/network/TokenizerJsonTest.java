package io.retort.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.retort.network.zoo.TextArchitecture.EmbeddingBag;
import io.retort.storage.ArtifactException;
import io.retort.storage.Storage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenizerJsonTest {
    private static final Path FILES = Path.of("src/test/resources/tokenizers");
    private static final String TWO =
            "{'model': {'type': 'WordLevel', 'vocab': {'%s': 0, 'b': 1}, 'unk_token': 'b'}, %s}";

    static Vocabulary vocabulary(String name) throws IOException {
        return Vocabulary.of(TokenizerJson.read(Files.readAllBytes(FILES.resolve(name + ".json")), name));
    }

    @ParameterizedTest
    @ValueSource(strings = {"word-piece", "bytes-bpe", "unigram"})
    void hasTheIdsThatTheLibraryHas(String name) throws IOException {
        JsonNode expected = new ObjectMapper()
                .readTree(FILES.resolve("expected.json").toFile())
                .get(name);
        Vocabulary vocabulary = vocabulary(name);
        assertThat(vocabulary.size()).isEqualTo(expected.get("size").asInt());
        assertThat(vocabulary.padding()).isEqualTo(expected.get("padding").asInt());
        assertThat(vocabulary.byId()).hasSize(vocabulary.size()).doesNotContain("");
        assertThat(vocabulary.byId().get(vocabulary.padding())).isIn("[PAD]", "<pad>");
    }

    @Test
    void knowsWhatStandsForNothingAndWhatForUnknownTokens() throws IOException {
        Vocabulary words = vocabulary("word-piece");
        assertThat(words.isUnknown(1)).isTrue();
        assertThat(words.isSpecial(1)).isFalse();
        assertThat(words.isSpecial(2)).as("[CLS]").isTrue();
        assertThat(words.isSpecial(9)).isFalse();
        assertThat(vocabulary("unigram").isUnknown(3)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"word-piece", "bytes-bpe", "unigram"})
    void travelsWithItsNetwork(String name, @TempDir Path directory) throws IOException {
        Network network = Network.initialised(new EmbeddingBag(2).buildForTexts(vocabulary(name), 7, 3), 1);
        Storage storage = Storage.of(new Configuration());
        org.apache.hadoop.fs.Path saved = new org.apache.hadoop.fs.Path(directory.toUri());
        NetworkFiles.write(network, storage, saved);
        assertThat(NetworkFiles.read(storage, saved)).isEqualTo(network);
        assertThat(directory.resolve(Vocabulary.FILE)).doesNotExist();
        byte[] file = Files.readAllBytes(directory.resolve(TokenizerJson.FILE));
        assertThat(TokenizerJson.read(file, "its file").json())
                .isEqualTo(vocabulary(name).tokenizer().orElseThrow().json());
    }

    /** So that the file that lies beside an exported student is the tokenizer that it was trained with. */
    @Test
    void isTheSameWhateverItsLength() throws IOException {
        Vocabulary bytes = vocabulary("bytes-bpe");
        String shorter = bytes.tokenizer().orElseThrow().ofLength(5);
        assertThat(new ObjectMapper()
                        .readTree(shorter)
                        .at("/padding/strategy/Fixed")
                        .asInt())
                .isEqualTo(5);
        assertThat(Vocabulary.of(new TokenizerJson(shorter)).digest()).isEqualTo(bytes.digest());
        assertThat(vocabulary("unigram").digest()).isNotEqualTo(bytes.digest());
    }

    @Test
    void takesThePaddingOfAFileOnlyWhereNoOtherTokenHasItsId() {
        assertThat(two("a", "'padding': {'pad_id': 0, 'pad_token': '[PAD]'}").padding())
                .isEqualTo(2);
        assertThat(two("a", "'padding': {'pad_id': 0, 'pad_token': 'a'}").padding())
                .isZero();
        assertThat(two("a", "'padding': {'pad_id': 7, 'pad_token': '[PAD]'}").byId())
                .containsExactly("a", "b", "", "", "", "", "", "[PAD]");
        assertThat(two("<pad>", "'padding': null").padding()).isZero();
        assertThat(two("a", "'added_tokens': [{'id': 4, 'content': '<pad>', 'special': true}]")
                        .padding())
                .isEqualTo(4);
    }

    private static TokenizerJson two(String first, String more) {
        return new TokenizerJson(TWO.formatted(first, more).replace('\'', '"'));
    }

    @Test
    void refusesFilesThatAreNone() {
        refuses("[PAD]\nthe\n", "it is no JSON, ");
        refuses("{\"vocab_size\": 3}", "it has no model with a vocab");
        refuses("{\"model\": {\"vocab\": {}}}", "it has no model with a vocab");
        refuses("{\"model\": {\"vocab\": {\"a\": 1.5}}}", "a token must have a whole number for id, has 1.5");
        refuses(
                "{\"model\": {\"vocab\": {\"a\": 2000000}}}",
                "ids must be in [0, 1048575], are from 2000000 to 2000001");
    }

    private static void refuses(String content, String reason) {
        assertThatThrownBy(() -> TokenizerJson.read(content.getBytes(StandardCharsets.UTF_8), "t.json"))
                .isInstanceOf(ArtifactException.class)
                .hasMessageStartingWith("t.json is no tokenizer.json of the library tokenizers: " + reason);
    }
}
