package io.retort.data.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.retort.config.SettingException;
import io.retort.data.Labels;
import io.retort.data.Samples;
import io.retort.data.Schema;
import io.retort.data.source.FrameSettings.BadRows;
import io.retort.data.source.Reader.RowStream;
import io.retort.data.source.file.SourceFiles.Split;
import io.retort.storage.ArtifactException;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageFolderReaderTest implements ReaderContract {
    private static final Path MADE_BY_PILLOW = Path.of("src/test/resources/pictures");

    @TempDir
    private Path directory;

    @Override
    public FileSource.Settings source(Path folder) throws IOException {
        for (int i = 0; i < 7; i++) {
            write(folder, (i % 2 == 0 ? "cat/" : "dog/deep/") + i + ".png", i);
        }
        return settings(folder);
    }

    @Test
    void labelsByFolderInSortedOrder() throws IOException {
        write(directory, "zebra/1.png", 1);
        write(directory, "ant/2.png", 2);
        write(directory, "3.png", 3);
        write(directory, "ant/.hidden.png", 4);
        Map<Integer, Integer> labels = new HashMap<>();
        Samples samples = read(settings(directory));
        assertThat(samples.schema().classNames()).containsExactly("ant", "zebra");
        for (int i = 0; i < samples.count(); i++) {
            labels.put((int) samples.features()[i * 12], samples.labels().classes()[i]);
        }
        assertThat(labels).isEqualTo(Map.of(1, 1, 2, 0, 3, Labels.NONE));
    }

    @Test
    void aFolderWithoutFoldersHasNoLabelsAndNoClassesButThoseThatAreNamed() throws IOException {
        write(directory, "1.png", 1);
        assertThat(read(settings(directory)).schema().target().outputs()).isZero();
        Samples samples = read(settings(directory.toString(), List.of("cat", "dog"), BadRows.FAIL));
        assertThat(samples.schema().target().isLabelled()).isFalse();
        write(directory, "cow/2.png", 2);
        assertThatThrownBy(() -> read(settings(directory)))
                .isInstanceOf(ArtifactException.class)
                .hasMessage(directory + " has the folders [cow], and must have one for each of at least two classes;"
                        + " where pictures have no labels, write class-names");
        assertThatThrownBy(() -> read(settings(directory.toString(), List.of("cat", "dog"), BadRows.FAIL)))
                .hasMessage(directory
                        + " has the folders [cow], each of which must be a class, and class-names [cat, dog]");
    }

    @Test
    void aMovedFolderHasTheSameRowsAndAnotherFileChangesFewSplits() throws IOException {
        for (int i = 0; i < 3000; i++) {
            Path file = directory.resolve("a/" + (i % 2 == 0 ? "x/" : "y/") + i + ".png");
            Files.createDirectories(file.getParent());
            Files.createFile(file);
        }
        Reader reader = settings(directory.resolve("a")).reader();
        List<Split> before = reader.splits(STORAGE);
        assertThat(before).hasSizeBetween(2, 8).allMatch(split -> split.files().size() <= 4096);
        Files.createFile(directory.resolve("a/x/another.png"));
        Set<Split> after = new HashSet<>(reader.splits(STORAGE));
        after.removeAll(before);
        assertThat(after).hasSizeBetween(1, 2);
        List<Long> ids = before.stream().map(Split::firstId).toList();
        Files.delete(directory.resolve("a/x/another.png"));
        Files.move(directory.resolve("a"), directory.resolve("b"));
        assertThat(settings(directory.resolve("b")).reader().splits(STORAGE).stream()
                        .map(Split::firstId))
                .containsExactlyElementsOf(ids);
    }

    @Test
    void aFileThatIsNoPictureEndsTheRunOrIsDropped() throws IOException {
        write(directory, "cat/1.png", 1);
        write(directory, "dog/2.png", 2);
        Files.copy(MADE_BY_PILLOW.resolve("refused-cut-png-rgb.png"), directory.resolve("dog/cut.png"));
        assertThatThrownBy(() -> read(settings(directory)))
                .isInstanceOf(ArtifactException.class)
                .hasMessageEndingWith("dog/cut.png is cut off; mend it, take it away, or write bad-rows = drop");
        Reader reader = settings(directory.toString(), List.of(), BadRows.DROP).reader();
        List<Split> splits = reader.splits(STORAGE);
        Schema schema = reader.schema(STORAGE, splits);
        try (RowStream stream = reader.open(STORAGE, splits.get(0), schema)) {
            assertThat(stream.read(1000).count()).isEqualTo(2);
            assertThat(stream.dropped()).isEqualTo(1);
        }
    }

    @Test
    void refusesSettings() {
        assertThatThrownBy(
                        () -> new ImageFolderReader.Settings("/x", 2, 3, 2, List.of(), BadRows.FAIL, Optional.empty()))
                .isInstanceOf(SettingException.class)
                .hasMessageContaining("channels must be 1 (grey) or 3");
        assertThatThrownBy(() -> settings(" ", List.of(), BadRows.FAIL)).hasMessageContaining("path must name");
        assertThatThrownBy(() -> settings("/x", List.of("one"), BadRows.FAIL)).hasMessageContaining("class-names");
    }

    private static Samples read(FileSource.Settings settings) {
        return ReaderContract.read(settings.reader(), 1000).get(0);
    }

    private static FileSource.Settings settings(Path folder) {
        return settings(folder.toString(), List.of(), BadRows.FAIL);
    }

    private static FileSource.Settings settings(String path, List<String> classNames, BadRows badRows) {
        return new ImageFolderReader.Settings(path, 3, 4, 1, classNames, badRows, Optional.empty());
    }

    /** A grey picture of one value. */
    private static void write(Path folder, String name, int grey) throws IOException {
        BufferedImage picture = new BufferedImage(4, 3, BufferedImage.TYPE_BYTE_GRAY);
        int[] pixels = new int[12];
        Arrays.fill(pixels, grey);
        picture.getRaster().setPixels(0, 0, 4, 3, pixels);
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        ImageIO.write(picture, "png", file.toFile());
    }
}
