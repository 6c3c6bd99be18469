package io.retort.data.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.retort.data.Samples;
import io.retort.data.source.ReaderContract;
import io.retort.data.source.TextReaderTest;
import io.retort.data.source.TextSettings;
import io.retort.network.Vocabulary;
import io.retort.spark.LocalSpark;
import io.retort.storage.ArtifactException;
import io.retort.storage.Storage;
import io.retort.storage.StoreReferences;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VocabularyCountTest {
    private static final Storage STORAGE = Storage.of(new Configuration());

    @TempDir
    private Path directory;

    private org.apache.hadoop.fs.Path root;
    private VocabularyCount vocabularies;
    private final List<String> announced = new ArrayList<>();

    @BeforeEach
    void write() throws IOException {
        root = new org.apache.hadoop.fs.Path(directory.resolve("root").toUri());
        vocabularies = new VocabularyCount(LocalSpark.context(), STORAGE, root);
        Files.createDirectories(directory.resolve("texts"));
        for (int i = 0; i < 20; i++) {
            Files.writeString(
                    directory.resolve("texts/part-" + i + ".csv"),
                    "topic,body\nyes,The sea " + (char) ('a' + i % 4) + "\nno,the " + (i < 3 ? "rare" : "") + "\n");
        }
    }

    private Vocabulary of(Optional<String> words) {
        return vocabularies.of(texts(words), announced::addAll);
    }

    private TextSettings texts(Optional<String> words) {
        return TextReaderTest.settings(directory + "/texts/*.csv", 3, words);
    }

    @Test
    void countsTheTokensOfAllFiles() {
        assertThat(of(Optional.empty()).tokens()).containsExactly("the", "sea", "a", "b", "c", "d", "rare");
    }

    @Test
    void isKeptAndMadeAgainWhereItIsDamaged() throws IOException {
        Vocabulary first = of(Optional.empty());
        assertThat(announced).hasSize(1);
        Path kept = directory.resolve("root").resolve(announced.get(0));
        assertThat(Files.readAllBytes(kept)).isEqualTo(first.toBytes());
        Files.deleteIfExists(kept.resolveSibling("." + kept.getFileName() + ".crc"));
        Files.writeString(kept, "sea\nthe\n");
        assertThat(of(Optional.empty()).tokens()).containsExactly("sea", "the"); // taken from the store
        Files.writeString(kept, "sea\nsea\n");
        assertThat(of(Optional.empty())).isEqualTo(first);
    }

    @Test
    void takesAFileAsItIs() throws IOException {
        Path words = directory.resolve("words.txt");
        Files.writeString(words, "sea\nland\n");
        assertThat(of(Optional.of(words.toString())).tokens()).containsExactly("sea", "land");
        assertThat(announced).isEmpty();
    }

    @Test
    void codesOtherTextsToo() throws IOException {
        Vocabulary words = of(Optional.empty());
        Path heldOut = directory.resolve("held-out.csv");
        Files.writeString(heldOut, "topic,body\nno,land sea RARE\n");
        Dataset dataset = new Sharding(LocalSpark.context(), STORAGE, root)
                .shard(
                        TextReaderTest.settings(heldOut.toString(), 4, Optional.empty()),
                        10,
                        words,
                        StoreReferences.UNANNOUNCED);
        assertThat(dataset.schema().vocabulary()).isEqualTo(words);
        Samples samples = new ShardStore(STORAGE, root)
                .read(dataset.schema(), dataset.shards().get(0));
        assertThat(ReaderContract.described(List.of(samples)))
                .containsExactly("0: [1.0, 3.0, 8.0, 0.0]"); // "land" is in none of the training texts
    }

    @Test
    void hasNoneOfNumbersAndRefusesTextsWithoutTokens() throws IOException {
        try (Stream<Path> files = Files.list(directory.resolve("texts"))) {
            for (Path file : files.toList()) {
                Files.writeString(file, "topic,body\nyes,--\nno,\n");
            }
        }
        assertThatThrownBy(() -> of(Optional.empty()))
                .isInstanceOf(ArtifactException.class)
                .hasMessage(
                        "file:" + directory
                                + "/texts/part-0.csv: column body has no token in any row, so there is no vocabulary; name a column of texts");
    }
}
