package io.retort.data.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.retort.data.DataType;
import io.retort.data.Samples;
import io.retort.data.Schema;
import io.retort.network.Shape;
import io.retort.network.Vocabulary;
import io.retort.storage.ArtifactException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

public class TextReaderTest implements ReaderContract {
    @TempDir
    private Path directory;

    private Path file;
    private Path words;

    @BeforeEach
    void writeWords() throws IOException {
        file = directory.resolve("texts.csv");
        words = directory.resolve("words.txt");
        Files.writeString(words, "the\nsea\nis\nblue\n");
    }

    @Override
    public FileSource.Settings source(Path folder) throws IOException {
        Path list = folder.resolve("words");
        Files.writeString(list, "the\nsea\nis\nblue\n");
        Files.writeString(
                folder.resolve("a.csv"), "body,topic\nThe sea,yes\n,no\n\"blue, \"\"the\"\"\nsea\",yes\nis,no\n");
        Files.writeString(folder.resolve("b.csv"), "topic,body\nno,blue sea\nyes,IS\nno,grey");
        return settings(folder + "/*.csv", 4, Optional.of(list.toString()));
    }

    @Test
    void makesIdsOfTokensAndCutsAndPads() throws IOException {
        Files.writeString(file, "body,topic,more\nThe SEA is blue.,yes,1\nthe grey sea,no,2\n,no,3\n?!,no,4\n");
        List<Samples> read = ReaderContract.read(reader(3), 10);
        assertThat(ReaderContract.described(read))
                .containsExactly(
                        "1: [2.0, 3.0, 4.0]", // cut
                        "0: [2.0, 1.0, 3.0]", // an unknown token in the middle
                        "0: [0.0, 0.0, 0.0]", // no text is legal: padding only
                        "0: [0.0, 0.0, 0.0]");
        Schema schema = read.get(0).schema();
        assertThat(schema.shape()).isEqualTo(Shape.vector(3));
        assertThat(schema.element()).isEqualTo(DataType.UINT16);
        assertThat(schema.featureBytes()).isEqualTo(6);
        assertThat(schema.vocabulary()).isEqualTo(Vocabulary.of(List.of("the", "sea", "is", "blue")));
    }

    @Test
    void holdsEveryId() {
        float[] ids = {0, 1, 255, 256, 32767, 32768, 65535};
        byte[] stored = new byte[ids.length * 2 + 1];
        DataType.UINT16.encode(ids, 0, stored, 1, ids.length);
        float[] back = new float[ids.length];
        DataType.UINT16.decode(stored, 1, back, 0, ids.length);
        assertThat(back).containsExactly(ids);
        assertThat(DataType.UINT16.admits(65536)).isFalse();
        assertThat(DataType.UINT16.admits(0.5f)).isFalse();
        assertThat(DataType.UINT16.admits(Float.NaN)).isFalse();
    }

    @Test
    void standsInForAVocabularyThatIsNotMadeYet() throws IOException {
        Files.writeString(file, "body,topic\na,yes\n");
        Reader reader = settings(file.toString(), 3, Optional.empty()).reader();
        Schema schema = reader.schema(STORAGE, reader.splits(STORAGE));
        assertThat(schema.vocabulary()).isEqualTo(Vocabulary.standIn(100));
    }

    @Test
    void refusesWhatIsMissingOrWrong() throws IOException {
        refuses("text,topic\na,yes\n", file() + " has no column body for the text; its columns are [text, topic]");
        refuses("body,class\na,yes\n", file() + " has no column topic for the label; its columns are [body, class]");
        refuses(
                "body,topic\na,perhaps\n",
                file()
                        + ":2 column topic: must be a class index from 0 to 1 or one of the class names [no, yes], was \"perhaps\"");
        refuses("body,topic\na,b,yes\n", file() + ":2 has 3 values, but the header names 2 columns");
        Files.delete(words);
        assertThatThrownBy(() -> ReaderContract.read(reader(3), 10)).hasMessageContaining("words.txt");
    }

    @Test
    void readsTextsOfManyMegabytesAndSaysWhereOneIsTooLong() throws IOException {
        Files.writeString(file, "body,topic\nblue sea,yes\n" + "the sea ".repeat(10 << 17) + ",no\n");
        assertThat(ReaderContract.described(ReaderContract.read(reader(3), 10)))
                .containsExactly("1: [5.0, 3.0, 0.0]", "0: [2.0, 3.0, 2.0]");
        refuses(
                "body,topic\nblue sea,yes\n\"" + "the sea ".repeat(18 << 17) + ",no\n",
                file() + ":3 has a value of more than 16777216 characters, or a quote that nothing closes");
    }

    @Test
    void refusesBytesThatAreNotUtf8() throws IOException {
        Files.write(file, "body,topic\nna\u00efve,yes\n".getBytes(StandardCharsets.ISO_8859_1));
        assertThatThrownBy(() -> ReaderContract.read(reader(3), 10))
                .isInstanceOf(ArtifactException.class)
                .hasMessage(file() + " is not UTF-8: after line 0 it has bytes that are no characters; convert it");
    }

    @Test
    void refusesSettingsOutOfRange() {
        assertThatThrownBy(() -> sized(0, 10)).hasMessage("length must be in [1, 65536] tokens, was 0");
        assertThatThrownBy(() -> sized(3, 0))
                .hasMessage("vocabulary must be in [1, 65534] tokens, for ids have 16 bits, was 0");
        assertThatThrownBy(() -> sized(3, 65535))
                .hasMessage("vocabulary must be in [1, 65534] tokens, for ids have 16 bits, was 65535");
        assertThatThrownBy(() -> new TextSettings(
                        List.of("a"),
                        "x",
                        Optional.of("x"),
                        Optional.empty(),
                        List.of(),
                        1,
                        1,
                        Optional.empty(),
                        ",",
                        Optional.of(2),
                        List.of(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty()))
                .hasMessage("text must be another column than label, was x");
    }

    private void refuses(String content, String message) throws IOException {
        Files.writeString(file, content);
        assertThatThrownBy(() -> ReaderContract.read(reader(3), 10))
                .isInstanceOf(ArtifactException.class)
                .hasMessage(message);
    }

    private String file() {
        return "file:" + file;
    }

    private Reader reader(int length) {
        return settings(file.toString(), length, Optional.of(words.toString())).reader();
    }

    private static TextSettings sized(int length, int vocabulary) {
        return new TextSettings(
                List.of("a"),
                "body",
                Optional.of("topic"),
                Optional.empty(),
                List.of(),
                length,
                vocabulary,
                Optional.empty(),
                ",",
                Optional.of(2),
                List.of(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    public static TextSettings settings(String path, int length, Optional<String> words) {
        return new TextSettings(
                List.of(path),
                "body",
                Optional.of("topic"),
                Optional.empty(),
                List.of(),
                length,
                100,
                words,
                ",",
                Optional.empty(),
                List.of("no", "yes"),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }
}
