package io.retort.data.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.retort.data.Rows;
import io.retort.data.Samples;
import io.retort.data.Schema;
import io.retort.data.source.Reader.RowStream;
import io.retort.data.source.file.SourceFiles.Split;
import io.retort.storage.Storage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What holds for every kind of reader. */
public interface ReaderContract {
    Storage STORAGE = Storage.of(new Configuration());

    /** Settings for a source of two files, made in {@code directory}, with seven samples in all. */
    FileSource.Settings source(Path directory) throws IOException;

    @Test
    default void theSizeOfThePiecesChangesNothing(@TempDir Path directory) throws IOException {
        Reader reader = source(directory).reader();
        List<String> whole = described(read(reader, 1000));
        assertThat(whole).hasSize(7);
        assertThat(described(read(reader, 1))).isEqualTo(whole);
        assertThat(described(read(reader, 2))).isEqualTo(whole);
    }

    @Test
    default void givesEverySampleItsOwnId(@TempDir Path directory) throws IOException {
        List<Long> ids = new ArrayList<>();
        for (Samples samples : read(source(directory).reader(), 3)) {
            Arrays.stream(samples.ids()).forEach(ids::add);
        }
        assertThat(ids).hasSize(7).doesNotHaveDuplicates().allMatch(id -> id >= 0);
    }

    @Test
    default void travelsToExecutors(@TempDir Path directory) throws IOException, ClassNotFoundException {
        Reader reader = source(directory).reader();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        new ObjectOutputStream(bytes).writeObject(reader);
        Object arrived = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray())).readObject();
        assertThat(described(read((Reader) arrived, 3))).isEqualTo(described(read(reader, 3)));
    }

    @Test
    default void readsNothingAfterTheEnd(@TempDir Path directory) throws IOException {
        Reader reader = source(directory).reader();
        List<Split> splits = reader.splits(STORAGE);
        try (RowStream stream = reader.open(STORAGE, splits.get(0), reader.schema(STORAGE, splits))) {
            assertThat(stream.read(1000).count()).isPositive();
            assertThat(stream.read(1000).count()).isZero();
            assertThat(stream.read(1000).count()).isZero();
        }
    }

    @Test
    default void countsWhatItGives(@TempDir Path directory) throws IOException {
        Reader reader = source(directory).reader();
        List<Split> splits = reader.splits(STORAGE);
        Schema schema = reader.schema(STORAGE, splits);
        for (Split split : splits) {
            try (RowStream stream = reader.open(STORAGE, split, schema)) {
                assertThat(reader.count(STORAGE, split, schema))
                        .isEqualTo(stream.read(1000).count());
            }
        }
    }

    @Test
    default void countsTheClassesOfItsFirstRows(@TempDir Path directory) throws IOException {
        Reader reader = source(directory).reader();
        List<Split> splits = reader.splits(STORAGE);
        Schema schema = reader.schema(STORAGE, splits);
        for (long most : List.of(2L, Long.MAX_VALUE)) {
            for (Split split : splits) {
                List<Integer> classes = new ArrayList<>();
                long rows = reader.classes(STORAGE, split, schema, most, classes::add);
                try (RowStream stream = reader.open(STORAGE, split, schema)) {
                    Rows first = stream.read((int) Math.min(1000, most));
                    assertThat(classes)
                            .hasSize(Math.toIntExact(rows))
                            .containsExactly(Arrays.stream(first.labels().classes())
                                    .boxed()
                                    .toArray(Integer[]::new));
                }
            }
        }
    }

    /** All samples of a source, in pieces. */
    static List<Samples> read(Reader reader, int most) {
        List<Split> splits = reader.splits(STORAGE);
        Schema schema = reader.schema(STORAGE, splits);
        List<Samples> pieces = new ArrayList<>();
        for (Split split : splits) {
            try (RowStream stream = reader.open(STORAGE, split, schema)) {
                for (Rows piece = stream.read(most); piece.count() > 0; piece = stream.read(most)) {
                    pieces.add(schema.encode(piece));
                }
            }
        }
        return pieces;
    }

    /** One line per sample: label and features. */
    static List<String> described(List<Samples> pieces) {
        List<String> lines = new ArrayList<>();
        for (Samples piece : pieces) {
            float[] values = new float[piece.schema().shape().elements()];
            for (int i = 0; i < piece.count(); i++) {
                piece.copyFeatures(i, values, 0);
                lines.add(piece.labels().classOf(i) + ": " + Arrays.toString(values));
            }
        }
        return lines;
    }

    static Optional<String> rounded(Reader reader, int most) {
        return new FileSource(STORAGE, reader, Map.of(), Optional.empty()).rounded(most);
    }
}
