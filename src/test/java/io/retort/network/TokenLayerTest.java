package io.retort.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.retort.storage.Storage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenLayerTest {
    private static final Vocabulary WORDS = Vocabulary.of(List.of("a", "b", "c"));
    private static final Shape TEXTS = Shape.vector(6);
    private static final Layer.Dense LOGITS = new Layer.Dense(2, Layer.Bias.NONE);

    @Test
    void makesAnImageOfOneRowOrOneVector() {
        Structure structure = Structure.from(TEXTS)
                .join("embedding", new TokenLayer.Embedding(WORDS, 4), "input")
                .then("flat", new Layer.Flatten())
                .join("bag", new TokenLayer.EmbeddingBag(WORDS, 7), "input")
                .join("both", new Layer.Concat(), "flat", "bag")
                .then("logits", LOGITS)
                .build();
        assertThat(structure.shapes()).containsEntry("embedding", Shape.image(4, 1, 6));
        assertThat(structure.shapes()).containsEntry("bag", Shape.vector(7));
        assertThat(structure.vocabulary()).contains(WORDS);
        assertThat(structure.parameterSpecs().get("embedding/table").sizes()).containsExactly(5, 4);
    }

    @Test
    void beginsWithAPaddingOfZeros() {
        Network network = Network.initialised(bag().build(), 1);
        float[] table = network.parameter("bag/table").values();
        assertThat(table).hasSize(5 * 3).startsWith(0, 0, 0);
        for (int i = 3; i < table.length; i++) {
            assertThat(table[i]).isBetween(-0.25f, 0.25f).isNotZero();
        }
    }

    @Test
    void isSavedWithItsVocabulary(@TempDir Path directory) throws IOException {
        Storage storage = Storage.of(new Configuration());
        org.apache.hadoop.fs.Path path = new org.apache.hadoop.fs.Path(directory.toUri());
        Network network = Network.initialised(bag().build(), 1);
        NetworkFiles.write(network, storage, path);
        assertThat(Files.readString(directory.resolve("vocabulary.txt"))).isEqualTo("[PAD]\n[UNK]\na\nb\nc\n");
        assertThat(NetworkFiles.read(storage, path)).isEqualTo(network);
    }

    @Test
    void readsTheInputAndSharesItWithNobody() {
        assertThatThrownBy(() -> bag().join("second", new TokenLayer.EmbeddingBag(WORDS, 3), "bag")
                        .build())
                .isInstanceOf(ShapeException.class)
                .hasMessage(
                        "node 'second' reads [bag]; in a network of texts embeddings read 'input', and nothing else does");
        assertThatThrownBy(() -> bag().join("ids", LOGITS, "input").build())
                .isInstanceOf(ShapeException.class)
                .hasMessage(
                        "node 'ids' reads [input]; in a network of texts embeddings read 'input', and nothing else does");
        assertThatThrownBy(() -> bag().join(
                                "other", new TokenLayer.EmbeddingBag(Vocabulary.of(List.of("a")), 3), "input")
                        .build())
                .isInstanceOf(ShapeException.class)
                .hasMessage("node 'other' has another vocabulary than the embedding before it");
        assertThatThrownBy(() -> Structure.from(Shape.image(1, 2, 3))
                        .then("bag", new TokenLayer.EmbeddingBag(WORDS, 3))
                        .build())
                .isInstanceOf(ShapeException.class)
                .hasMessage("node 'bag': embedding-bag needs token ids [length], but its input is [1, 2, 3]");
    }

    @Test
    void refusesScaledIds() {
        InputScaling scaling =
                new InputScaling(List.of(0.0, 0.0, 0.0, 0.0, 0.0, 1.0), List.of(1.0, 1.0, 1.0, 1.0, 1.0, 1.0));
        Structure structure = bag().build();
        assertThatThrownBy(() -> structure.withScaling(scaling))
                .isInstanceOf(ShapeException.class)
                .hasMessage(
                        "token ids must not be scaled, for they are names and not amounts; set data.scaling = none");
    }

    private static Structure.Builder bag() {
        return Structure.from(TEXTS)
                .then("bag", new TokenLayer.EmbeddingBag(WORDS, 3))
                .then("logits", LOGITS);
    }
}
