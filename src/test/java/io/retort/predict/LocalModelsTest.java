package io.retort.predict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.retort.storage.ArtifactException;
import io.retort.storage.Storage;
import io.retort.storage.StoreReferences;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalModelsTest {
    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

    @TempDir
    private Path directory;

    private static Storage storage() {
        Configuration configuration = new Configuration();
        configuration.set("fs.elsewhere.impl", Elsewhere.class.getName());
        return Storage.of(configuration);
    }

    private LocalModels models(Instant now) {
        return new LocalModels(directory.resolve("local"), Clock.fixed(now, ZoneOffset.UTC));
    }

    private ModelFiles files(String scheme, String name, String... texts) throws IOException {
        Path place = Files.createDirectories(directory.resolve(name));
        List<String> names = new ArrayList<>();
        for (String text : texts) {
            names.add("part" + names.size());
            Files.writeString(place.resolve(names.get(names.size() - 1)), text);
        }
        return ModelFiles.of(storage(), new org.apache.hadoop.fs.Path(scheme + place), names);
    }

    @Test
    void copiesAllFilesOnceAndOpensTheFirst() throws IOException {
        ModelFiles files = files("elsewhere:", "model", "graph", "weights");
        Path first = models(NOW).path(files);
        assertThat(first).startsWith(directory.resolve("local")).hasContent("graph");
        assertThat(first.resolveSibling("part1")).hasContent("weights");
        Files.delete(directory.resolve("model/part1")); // nobody looks for it again
        assertThat(models(NOW).path(files)).isEqualTo(first);
    }

    @Test
    void leavesAModelOnTheMachinesOwnFileSystemWhereItIs() throws IOException {
        ModelFiles files = files("file:", "model", "graph");
        assertThat(models(NOW).path(files)).isEqualTo(directory.resolve("model/part0"));
        assertThat(directory.resolve("local")).doesNotExist();
    }

    @Test
    void copiesAgainWhatIsNotWhatItWas() throws IOException {
        ModelFiles files = files("elsewhere:", "model", "graph", "weights");
        Path first = models(NOW).path(files);
        Files.writeString(first.resolveSibling("part1"), "WEIGHTS");
        assertThat(models(NOW).path(files).resolveSibling("part1")).hasContent("weights");
    }

    @Test
    void refusesAModelThatWasReplaced() throws IOException {
        for (String scheme : List.of("elsewhere:", "file:")) {
            ModelFiles files = files(scheme, "model", "graph", "weights");
            Files.writeString(directory.resolve("model/part1"), "WEIGHTS");
            assertThatThrownBy(() -> models(NOW).path(files))
                    .isInstanceOf(ArtifactException.class)
                    .hasMessageContaining("model/part1 is not the one that was looked at before");
            assertThat(directory.resolve("local/" + files.digest())).doesNotExist();
        }
    }

    @Test
    void removesWhatNobodyOpenedForADay() throws IOException {
        ModelFiles old = files("elsewhere:", "old", "old");
        ModelFiles recent = files("elsewhere:", "recent", "recent");
        Path oldCopy = models(NOW.minus(Duration.ofHours(25))).path(old);
        Path recentCopy = models(NOW.minus(Duration.ofHours(25))).path(recent);
        models(NOW.minus(Duration.ofHours(23))).path(recent);
        models(NOW).path(files("elsewhere:", "new", "new"));
        assertThat(oldCopy).doesNotExist();
        assertThat(recentCopy).exists();
    }

    @Test
    void keepsCopiesFromOthers() throws IOException {
        Path local = Files.createDirectories(directory.resolve("local"));
        Files.setPosixFilePermissions(local, PosixFilePermissions.fromString("rwxrwxrwx"));
        models(NOW).path(files("elsewhere:", "model", "graph"));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(local)))
                .isEqualTo("rwx------");
        Files.move(local, directory.resolve("theirs"));
        Files.createSymbolicLink(local, directory.resolve("theirs"));
        ModelFiles other = files("elsewhere:", "other", "graph");
        assertThatThrownBy(() -> models(NOW).path(other)).hasMessageContaining("it is a link");
    }

    @Test
    void aFileOfAModelLiesBesideIt() {
        for (String name : List.of("../secret", "/etc/passwd", "..", "a\\b", "")) {
            assertThatThrownBy(() ->
                            ModelFiles.of(storage(), new org.apache.hadoop.fs.Path("file:" + directory), List.of(name)))
                    .isInstanceOf(ArtifactException.class)
                    .hasMessageContaining("'" + name + "'");
        }
    }

    @Test
    void theStoreHasAModelOnceAndMendsIt() throws IOException {
        List<String> announced = new ArrayList<>();
        StoreReferences use = announced::addAll;
        ModelStore store = new ModelStore(storage(), new org.apache.hadoop.fs.Path("file:" + directory), use);
        ModelFiles files = store.put(new byte[] {1, 2, 3});
        assertThat(announced).hasSize(1);
        Path file = directory.resolve(announced.get(0)).resolve("model.onnx");
        assertThat(file).hasBinaryContent(new byte[] {1, 2, 3});
        Instant written = Files.getLastModifiedTime(file).toInstant();
        assertThat(store.put(new byte[] {1, 2, 3})).isEqualTo(files);
        assertThat(Files.getLastModifiedTime(file).toInstant()).isEqualTo(written);
        Files.delete(file.resolveSibling(".model.onnx.crc")); // it would find the damage itself
        Files.write(file, new byte[] {1, 2, 4});
        store.put(new byte[] {1, 2, 3});
        assertThat(file).hasBinaryContent(new byte[] {1, 2, 3});
    }
}
