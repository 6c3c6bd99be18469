package io.retort.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.retort.storage.ArtifactException;
import io.retort.storage.Storage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SourceFilesTest {
    private final Storage storage = Storage.of(new Configuration());

    @Test
    void takesFilesPatternsAndDirectories(@TempDir Path directory) throws IOException {
        for (String name : List.of("b", "a", "day=2/part", "day=1/part", "day=1/_SUCCESS", "day=1/.hidden", "single")) {
            Path file = directory.resolve(name);
            Files.createDirectories(file.getParent());
            Files.writeString(file, name);
        }
        List<SourceFile> files =
                SourceFiles.find(storage, List.of(directory + "/single", directory + "/[ab]", directory + "/day=*"));
        assertThat(files)
                .extracting(SourceFile::name)
                .containsExactly(
                        "file:" + directory + "/single",
                        "file:" + directory + "/a",
                        "file:" + directory + "/b",
                        "file:" + directory + "/day=1/part",
                        "file:" + directory + "/day=2/part");
        assertThat(files.get(3).length()).isEqualTo("day=1/part".length());
    }

    @Test
    void idsDependOnThePathWithinTheSourceAlone(@TempDir Path directory) throws IOException {
        for (String file : List.of("here/day=1/part", "there/day=1/part", "there/day=2/part", "there/a", "there/b")) {
            Files.createDirectories(directory.resolve(file).getParent());
            Files.writeString(directory.resolve(file), "x");
        }
        long first = ids(directory + "/here").get(0);
        assertThat(first).isNotNegative();
        assertThat(first % (1L << 30)).isZero();
        assertThat(ids(directory + "/there")).doesNotHaveDuplicates().hasSize(4).contains(first);
        assertThat(ids(directory + "/there/day=*")).hasSize(2).contains(first);
        assertThat(ids(directory + "/there/day=*/part")).hasSize(2).contains(first);
        assertThat(ids(directory + "/there/day=1/part")).doesNotContain(first);
    }

    @Test
    void filesNamedOneByOneKeepTheirIdsWhenOthersFollow(@TempDir Path directory) throws IOException {
        for (String file : List.of("one/part", "two/part", "three")) {
            Files.createDirectories(directory.resolve(file).getParent());
            Files.writeString(directory.resolve(file), "x");
        }
        List<Long> one = ids(directory + "/one/part");
        List<Long> three = ids(directory + "/one/part", directory + "/two/part", directory + "/three");
        assertThat(three).doesNotHaveDuplicates().hasSize(3).startsWith(one.get(0));
    }

    @Test
    void refusesAFileTwice(@TempDir Path directory) throws IOException {
        Path file = Files.writeString(directory.resolve("a"), "x");
        assertThatThrownBy(() -> ids(file.toString(), directory.toString()))
                .isInstanceOf(ArtifactException.class)
                .hasMessage("file:" + file + " is named twice by the paths of one source");
    }

    private List<Long> ids(String... paths) {
        return SourceFiles.firstIds(SourceFiles.find(storage, List.of(paths)));
    }
}
