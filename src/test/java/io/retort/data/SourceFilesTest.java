package io.retort.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.retort.storage.ArtifactException;
import io.retort.storage.Storage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
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
    void givesIdsByName() {
        List<Long> two = ids("/data/a", "/data/b");
        assertThat(ids("/elsewhere/b", "/data/c", "/data/a"))
                .endsWith(two.get(0))
                .startsWith(two.get(1));
        assertThat(two.get(0)).isNotEqualTo(two.get(1)).isNotNegative();
        assertThat(two.get(0) % (1L << 30)).isZero();
    }

    @Test
    void tellsFilesOfOneNameApartByTheirFolders() {
        List<Long> two = ids("/data/day=1/part", "/data/day=2/part");
        assertThat(two).doesNotHaveDuplicates();
        assertThat(ids("/elsewhere/day=1/part", "/elsewhere/day=2/part", "/elsewhere/day=3/part"))
                .containsAll(two);
    }

    @Test
    void refusesAFileTwice() {
        assertThatThrownBy(() -> ids("/data/a", "/data/b", "/data/a"))
                .isInstanceOf(ArtifactException.class)
                .hasMessage("/data/a is named twice by the paths of one source");
    }

    private static List<Long> ids(String... names) {
        return SourceFiles.firstIds(
                Arrays.stream(names).map(name -> new SourceFile(name, 1, 1)).toList());
    }
}
