package io.retort.data.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.retort.data.DataType;
import io.retort.data.shard.Sharding;
import io.retort.data.source.Reader.RowStream;
import io.retort.data.source.file.SourceFiles.Split;
import io.retort.storage.ArtifactException;
import io.retort.storage.Storage;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Data by somebody who means harm: a header's word is no reason to allocate, and a packed file may be a thousand times as large unpacked. */
@Timeout(60)
class HostileDataTest {
    private static final int BOMB_MIB = 512;

    private final Storage storage = Storage.of(new Configuration());

    @TempDir
    private Path directory;

    @Test
    void idxItemsOfAbsurdSizes() throws IOException {
        Path images = idx("images", 0x00000803, 1, 1 << 30, 1 << 30);
        Path labels = idx("labels", 0x00000801, 1);
        assertThatThrownBy(() -> schema(images, labels))
                .isInstanceOf(RuntimeException.class)
                .hasMessageContaining("shape [1, 1073741824, 1073741824] has more elements than an array can hold");
    }

    @Test
    void idxItemsThatFillNoShard() throws IOException {
        Path images = idx("images", 0x00000803, 1 << 30, 1 << 15, 1 << 15);
        Path labels = idx("labels", 0x00000801, 1 << 30);
        assertThatThrownBy(() -> Sharding.fingerprint(storage, settings(images, labels), 2048))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("samples-per-shard must be at most 1 for samples of 1073741824 bytes, was 2048");
    }

    @Test
    void idxThatUnpacksToMoreThanItsHeaderSays() throws IOException {
        Path images = directory.resolve("images.gz");
        try (DataOutputStream out = new DataOutputStream(new GZIPOutputStream(Files.newOutputStream(images)))) {
            out.writeInt(0x00000803);
            out.writeInt(2);
            out.writeInt(2);
            out.writeInt(2);
            zeros(out);
        }
        assertThat(Files.size(images)).isLessThan(1 << 20);
        Path labels = directory.resolve("labels");
        Files.write(labels, new byte[] {0, 0, 8, 1, 0, 0, 0, 2, 0, 1});
        Reader reader = settings(images, labels).reader();
        List<Split> splits = reader.splits(storage);
        try (RowStream samples = reader.open(storage, splits.get(0), reader.schema(storage, splits))) {
            assertThatThrownBy(() -> samples.read(10))
                    .isInstanceOf(ArtifactException.class)
                    .hasMessage("file:" + images + " goes on after the 2 items that its header states");
        }
    }

    @Test
    void csvWithoutAnEndOfLine() throws IOException {
        Path csv = directory.resolve("bomb.csv");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(csv))) {
            out.write("a,y\n1".getBytes(StandardCharsets.UTF_8));
            zeros(out);
        }
        assertThatThrownBy(() -> read(csv))
                .isInstanceOf(ArtifactException.class)
                .hasMessage(
                        "file:" + csv + ":2 has a value of more than 4096 characters, or a quote that nothing closes");
    }

    @Test
    void csvWhoseHeaderHasNoEnd() throws IOException {
        Path csv = directory.resolve("header.csv");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(csv))) {
            zeros(out);
        }
        assertThatThrownBy(() -> read(csv))
                .isInstanceOf(ArtifactException.class)
                .hasMessageStartingWith("file:" + csv + ":1 has a value of more than ");
    }

    @Test
    void parquetWhoseFooterSaysThatItIsHuge() throws IOException {
        Path file = directory.resolve("huge.parquet");
        try (DataOutputStream out = new DataOutputStream(Files.newOutputStream(file))) {
            out.writeBytes("PAR1");
            out.write(new byte[100]);
            out.writeInt(Integer.reverseBytes(Integer.MAX_VALUE - 8));
            out.writeBytes("PAR1");
        }
        FileSource.Settings settings = new ParquetSettings(
                List.of(file.toString()),
                "x",
                Optional.of("y"),
                Optional.empty(),
                List.of(),
                List.of(),
                DataType.FLOAT32,
                Optional.of(2),
                List.of(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
        Reader reader = settings.reader();
        assertThatThrownBy(() -> reader.schema(storage, reader.splits(storage)))
                .isInstanceOf(ArtifactException.class)
                .hasMessageStartingWith("file:" + file + " cannot be read as Parquet: ");
    }

    private void read(Path csv) {
        FileSource.Settings settings = new CsvSettings(
                List.of(csv.toString()),
                Optional.of("y"),
                Optional.empty(),
                List.of("a"),
                List.of(),
                List.of(),
                ",",
                DataType.FLOAT32,
                Optional.of(2),
                List.of(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
        Reader reader = settings.reader();
        List<Split> splits = reader.splits(storage);
        try (RowStream samples = reader.open(storage, splits.get(0), reader.schema(storage, splits))) {
            samples.read(10);
        }
    }

    private void schema(Path images, Path labels) {
        Reader reader = settings(images, labels).reader();
        reader.schema(storage, reader.splits(storage));
    }

    private static IdxReader.Settings settings(Path images, Path labels) {
        return new IdxReader.Settings(
                List.of(images.toString()), List.of(labels.toString()), Optional.of(2), List.of(), Optional.empty());
    }

    private Path idx(String name, int... header) throws IOException {
        Path file = directory.resolve(name);
        try (DataOutputStream out = new DataOutputStream(Files.newOutputStream(file))) {
            for (int number : header) {
                out.writeInt(number);
            }
        }
        return file;
    }

    /** Half a gigabyte, of which gzip makes half a megabyte. */
    private static void zeros(OutputStream out) throws IOException {
        byte[] some = new byte[1 << 20];
        Arrays.fill(some, (byte) '0');
        for (int i = 0; i < BOMB_MIB; i++) {
            out.write(some);
        }
    }
}
