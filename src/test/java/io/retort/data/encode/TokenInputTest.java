package io.retort.data.encode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.retort.network.Structure;
import io.retort.network.Vocabulary;
import io.retort.network.zoo.TextArchitecture.EmbeddingBag;
import io.retort.storage.ArtifactException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Texts become the ids that Python's library gives for three kinds of tokenizers that it trained. */
class TokenInputTest {
    private static final Path FILES = Path.of("src/test/resources/tokenizers");
    private static final int LENGTH = 16;

    private static Vocabulary vocabulary(String name) throws IOException {
        return TokenInput.vocabulary(Files.readAllBytes(FILES.resolve(name + ".json")), name, LENGTH);
    }

    @ParameterizedTest
    @ValueSource(strings = {"word-piece", "bytes-bpe", "unigram"})
    void givesTheIdsOfPythonsLibrary(String name) throws IOException {
        JsonNode expected = new ObjectMapper()
                .readTree(FILES.resolve("expected.json").toFile())
                .at("/" + name + "/ids");
        TextIds ids = TextIds.of(vocabulary(name), LENGTH);
        assertThat(expected).hasSizeGreaterThan(10);
        expected.fields()
                .forEachRemaining(text -> assertThat(ids.ids(text.getKey()).ids())
                        .as(text.getKey())
                        .isEqualTo(new ObjectMapper().convertValue(text.getValue(), int[].class)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"word-piece", "bytes-bpe", "unigram"})
    void theFileThatTravelsWithAStudentGivesItsIds(String name) throws IOException {
        Structure structure = new EmbeddingBag(2).buildForTexts(vocabulary(name), LENGTH, 2);
        byte[] file = TokenizerFiles.of(structure).get(TokenizerFiles.TOKENIZER);
        Vocabulary read = TokenInput.vocabulary(file, "its file", LENGTH);
        assertThat(read).isEqualTo(structure.vocabulary().orElseThrow());
        JsonNode test = new ObjectMapper().readTree(TokenizerFiles.of(structure).get(TokenizerFiles.TEST));
        TextIds ids = TextIds.of(read, LENGTH);
        assertThat(test.get("cases"))
                .hasSizeGreaterThan(20)
                .allSatisfy(one -> assertThat(ids.ids(one.get("text").asText()).ids())
                        .isEqualTo(new ObjectMapper().convertValue(one.get("ids"), int[].class)));
    }

    @Test
    void cutsTextsOfMegabytesBeforeTheyAreTokenized() throws IOException {
        TextIds ids = TextIds.of(vocabulary("bytes-bpe"), LENGTH);
        String page = "ships 😀".repeat(LENGTH * TextIds.LETTERS_PER_ID / 8);
        TextIds.Cut cut = ids.ids(page.repeat(1_000));
        assertThat(cut.isCut()).isTrue();
        assertThat(cut.ids()).isEqualTo(ids.ids(page).ids());
        for (int i = 1; i < 5; i++) { // the first page ends within a letter of two characters, or before or after it
            assertThat(ids.ids("a".repeat(i) + page.repeat(2)).ids()).hasSize(LENGTH);
        }
        assertThat(ids.ids("lone \ud83d surrogate \udc00, \u0000 zero").ids()).hasSize(LENGTH);
    }

    @Test
    void refusesAFileThatTheLibraryDoesNotTake() {
        byte[] file = "{\"model\": {\"type\": \"Wordy\", \"vocab\": {\"a\": 0}}}".getBytes(StandardCharsets.UTF_8);
        assertThatThrownBy(() -> TokenInput.vocabulary(file, "t.json", LENGTH))
                .isInstanceOf(ArtifactException.class)
                .hasMessageStartingWith("t.json is no tokenizer that the library of Hugging Face reads");
    }
}
