package io.retort.data.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.retort.data.DataType;
import io.retort.data.Schema;
import io.retort.data.source.Reader.RowStream;
import io.retort.data.source.file.SourceFiles.Split;
import io.retort.storage.ArtifactException;
import io.retort.storage.Storage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSInputStream;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Gzip files of several members, as bgzip, pigz and cat make them, over streams that do not tell what is available. */
class GzipTest {
    private static final int ROWS = 100_000;
    private static final int ROWS_PER_MEMBER = 500;

    /** What was read at a time when the first member ended there. */
    private static final int BUFFER_BYTES = 1 << 16;

    private static final byte COMMENT = 0x10;

    @TempDir
    private Path directory;

    @Test
    void readsAllMembersOfACsvFile() throws IOException {
        StringBuilder rows = new StringBuilder("a,y\n");
        Path file = directory.resolve("rows.csv.gz");
        for (int row = 1; row <= ROWS; row++) {
            rows.append(row % 1000).append(',').append(row % 2).append('\n');
            if (row % ROWS_PER_MEMBER == 0) {
                append(file, rows.toString().getBytes(StandardCharsets.UTF_8));
                rows.setLength(0);
            }
        }
        assertThat(rows(csv("quiet:" + file))).isEqualTo(ROWS);
        assertThat(rows(csv("file:" + file))).isEqualTo(ROWS);
    }

    @Test
    void readsAllMembersOfTextsAndIdx() throws IOException {
        Path texts = directory.resolve("texts.csv.gz");
        append(texts, "words,y\none two,0\n".getBytes(StandardCharsets.UTF_8));
        append(texts, "three,1\nfour,0\n".getBytes(StandardCharsets.UTF_8));
        append(texts, "five,1\n".getBytes(StandardCharsets.UTF_8));
        FileSource.Settings settings = new TextSettings(
                List.of("quiet:" + texts),
                "words",
                Optional.of("y"),
                Optional.empty(),
                List.of(),
                4,
                10,
                Optional.empty(),
                ",",
                Optional.of(2),
                List.of(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
        assertThat(rows(settings)).isEqualTo(4);
        Path images = directory.resolve("images.gz");
        append(images, new byte[] {0, 0, 8, 2, 0, 0, 0, 3, 0, 0, 0, 1, 7});
        append(images, new byte[] {8});
        append(images, new byte[] {9});
        Path labels = directory.resolve("labels.gz");
        append(labels, new byte[] {0, 0, 8, 1, 0, 0, 0, 3, 0});
        append(labels, new byte[] {1, 0});
        assertThat(rows(new IdxReader.Settings(
                        List.of("quiet:" + images),
                        List.of("quiet:" + labels),
                        Optional.of(2),
                        List.of(),
                        Optional.empty())))
                .isEqualTo(3);
    }

    @Test
    void refusesAMemberThatIsCutOff() throws IOException {
        Path file = directory.resolve("cut.csv.gz");
        append(file, "a,y\n1,0\n".getBytes(StandardCharsets.UTF_8));
        long first = Files.size(file);
        append(file, "2,1\n".getBytes(StandardCharsets.UTF_8));
        byte[] whole = Files.readAllBytes(file);
        for (long length : List.of(first - 9, first - 4, first + 5, whole.length - 12L, whole.length - 1L)) {
            Files.write(file, Arrays.copyOf(whole, (int) length));
            assertThatThrownBy(() -> rows(csv("quiet:" + file)))
                    .as(length + " bytes of " + whole.length)
                    .isInstanceOf(ArtifactException.class)
                    .hasMessageStartingWith("quiet:" + file + " cannot be read as CSV after line ")
                    .hasMessageContaining("end of");
        }
    }

    @Test
    void refusesWhatIsNoGzipAfterTheLastMember() throws IOException {
        Path file = directory.resolve("garbage.csv.gz");
        append(file, "a,y\n1,0\n".getBytes(StandardCharsets.UTF_8));
        Files.writeString(file, "2,1\n".repeat(10), StandardOpenOption.APPEND);
        assertThatThrownBy(() -> rows(csv("quiet:" + file)))
                .isInstanceOf(ArtifactException.class)
                .hasMessageStartingWith("quiet:" + file + " cannot be read as CSV after line ");
    }

    private static FileSource.Settings csv(String path) {
        return new CsvSettings(
                List.of(path),
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
    }

    private static long rows(FileSource.Settings settings) {
        Configuration configuration = new Configuration();
        configuration.setClass("fs.quiet.impl", QuietFileSystem.class, RawLocalFileSystem.class);
        Storage storage = Storage.of(configuration);
        Reader reader = settings.reader();
        List<Split> splits = reader.splits(storage);
        Schema schema = reader.schema(storage, splits);
        long rows = 0;
        try (RowStream stream = reader.open(storage, splits.get(0), schema)) {
            for (int read = stream.read(1000).count();
                    read > 0;
                    read = stream.read(1000).count()) {
                rows += read;
            }
        }
        return rows;
    }

    /** Appends a member; the first is as long as a buffer, by a comment in its header. */
    private static void append(Path file, byte[] content) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (OutputStream out = new GZIPOutputStream(bytes)) {
            out.write(content);
        }
        byte[] member = bytes.toByteArray();
        int padding = BUFFER_BYTES - member.length;
        if (!Files.exists(file) && padding > 0) {
            byte[] padded = new byte[BUFFER_BYTES];
            Arrays.fill(padded, (byte) ' ');
            System.arraycopy(member, 0, padded, 0, 10);
            padded[3] = COMMENT;
            padded[9 + padding] = 0;
            System.arraycopy(member, 10, padded, 10 + padding, member.length - 10);
            member = padded;
        }
        Files.write(file, member, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    /** Local files whose streams never tell that anything is available, as those of FTP and WebHDFS do not. */
    public static final class QuietFileSystem extends RawLocalFileSystem {
        @Override
        public URI getUri() {
            return URI.create("quiet:///");
        }

        @Override
        public FSDataInputStream open(org.apache.hadoop.fs.Path path, int bufferSize) throws IOException {
            return new FSDataInputStream(new QuietStream(super.open(path, bufferSize)));
        }
    }

    private static final class QuietStream extends FSInputStream {
        private final FSDataInputStream in;

        QuietStream(FSDataInputStream in) {
            this.in = in;
        }

        @Override
        public int available() {
            return 0;
        }

        @Override
        public int read() throws IOException {
            return in.read();
        }

        @Override
        public int read(byte[] bytes, int from, int count) throws IOException {
            return in.read(bytes, from, count);
        }

        @Override
        public void seek(long position) throws IOException {
            in.seek(position);
        }

        @Override
        public long getPos() throws IOException {
            return in.getPos();
        }

        @Override
        public boolean seekToNewSource(long position) {
            return false;
        }

        @Override
        public void close() throws IOException {
            in.close();
        }
    }
}
