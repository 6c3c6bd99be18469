package io.retort.data.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.retort.data.DataType;
import io.retort.data.Rows;
import io.retort.data.Samples;
import io.retort.data.Schema;
import io.retort.data.source.CifarReader.Granularity;
import io.retort.network.Shape;
import io.retort.storage.ArtifactException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CifarReaderTest implements ReaderContract {
    private static final Optional<Granularity> NONE = Optional.empty();
    private static final Optional<Granularity> COARSE = Optional.of(Granularity.COARSE);
    private static final Optional<Granularity> FINE = Optional.of(Granularity.FINE);
    private static final int PLANE = 32 * 32;

    @TempDir
    private Path directory;

    private Path file;

    @BeforeEach
    void nameFile() {
        file = directory.resolve("data_batch_1.bin");
    }

    @Override
    public FileSource.Settings source(Path folder) throws IOException {
        Files.write(folder.resolve("a.bin"), records(1, 0, 9, 3, 3));
        Files.write(folder.resolve("b.bin"), packed(records(1, 7, 0, 1)));
        return settings(folder + "/*.bin", NONE);
    }

    /** Records whose labels are these and whose values count on, a prime apart, from their first label. */
    private static byte[] records(int labelsEach, int... labels) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int i = 0; i < labels.length; i += labelsEach) {
            for (int label = i; label < i + labelsEach; label++) {
                out.write(labels[label]);
            }
            for (int value = 0; value < 3 * PLANE; value++) {
                out.write(value(labels[i], value));
            }
        }
        return out.toByteArray();
    }

    private static int value(int label, int place) {
        return (label + 7 * place) % 251;
    }

    private static byte[] packed(byte[] content) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (OutputStream out = new GZIPOutputStream(bytes)) {
            out.write(content);
        }
        return bytes.toByteArray();
    }

    @Test
    void keepsPlanesOfRedGreenAndBlueAsBytes() throws IOException {
        byte[] stored = new byte[2 * 3073];
        stored[0] = 9;
        stored[1] = 1; // red of the left upper pixel
        stored[2] = 2; // red of its right neighbour
        stored[1 + 32] = 3; // red of the one below
        stored[1 + PLANE] = 4; // green
        stored[1 + 2 * PLANE] = 5; // blue
        stored[3072] = (byte) 255;
        stored[3073] = 4;
        stored[3074] = (byte) 200;
        Files.write(file, stored);
        Samples samples = read(NONE).get(0);
        assertThat(samples.schema())
                .isEqualTo(new Schema(
                        Shape.image(3, 32, 32),
                        DataType.UINT8,
                        List.of("0", "1", "2", "3", "4", "5", "6", "7", "8", "9")));
        assertThat(samples.labels().classes()).containsExactly(9, 4);
        float[] picture = new float[3 * PLANE];
        samples.copyFeatures(0, picture, 0);
        assertThat(IntStream.range(0, picture.length)
                        .filter(i -> picture[i] != 0)
                        .mapToObj(i -> i / PLANE + " " + i % PLANE / 32 + " " + i % 32 + ": " + picture[i]))
                .containsExactly(
                        "0 0 0: 1.0", "0 0 1: 2.0", "0 1 0: 3.0", "1 0 0: 4.0", "2 0 0: 5.0", "2 31 31: 255.0");
        samples.copyFeatures(1, picture, 0);
        assertThat(picture[0]).isEqualTo(200);
    }

    @Test
    void takesTheFineOrTheCoarseLabels() throws IOException {
        for (byte[] stored : List.of(records(2, 19, 99, 4, 0), packed(records(2, 19, 99, 4, 0)))) {
            Files.write(file, stored);
            Samples fine = read(FINE).get(0);
            assertThat(fine.schema().classes()).isEqualTo(100);
            assertThat(fine.labels().classes()).containsExactly(99, 0);
            Samples coarse = read(COARSE).get(0);
            assertThat(coarse.schema().classes()).isEqualTo(20);
            assertThat(coarse.labels().classes()).containsExactly(19, 4);
            assertThat(coarse.ids()).as("of the file and the row").isEqualTo(fine.ids());
            float[] picture = new float[3 * PLANE];
            for (Samples samples : List.of(fine, coarse)) {
                for (int row = 0; row < 2; row++) {
                    samples.copyFeatures(row, picture, 0);
                    int label = row == 0 ? 19 : 4;
                    assertThat(picture).containsExactly(values(label));
                }
            }
        }
    }

    private static float[] values(int label) {
        float[] values = new float[3 * PLANE];
        for (int i = 0; i < values.length; i++) {
            values[i] = value(label, i);
        }
        return values;
    }

    @Test
    void theLengthOfAPlainFileSaysHowManyThereAre() throws IOException {
        FileSource.Settings settings = source(directory);
        assertThat(settings.source(STORAGE).counts()).containsExactly(4L, 3L);
        Files.write(directory.resolve("b.bin"), new byte[3074]);
        assertThatThrownBy(() -> settings.source(STORAGE).counts()).hasMessageContaining("b.bin has 3074 bytes");
    }

    @Test
    void refusesAFileThatIsCutOff() throws IOException {
        byte[] whole = records(1, 0, 1, 2);
        byte[] cut = Arrays.copyOf(whole, whole.length - 1);
        String message =
                " has 9218 bytes and must have a multiple of 3073, the length of a record of CIFAR-10; it is cut"
                        + " off, or not of the binary version (those for Python and MATLAB are not read)";
        Files.write(file, cut);
        refuses(NONE, message);
        Files.write(file, packed(cut));
        refuses(NONE, message);
        Files.write(file, new byte[0]);
        refuses(NONE, message.replace("9218", "0"));
        Files.write(file, packed(new byte[0]));
        refuses(NONE, message.replace("9218", "0"));
        byte[] gzip = packed(whole);
        Files.write(file, Arrays.copyOf(gzip, gzip.length - 12));
        refuses(NONE, " cannot be read to its end: Unexpected end of input stream");
    }

    @Test
    void seesBeforeItReadsThatAPlainFileIsCutOff() throws IOException {
        byte[] whole = records(1, 0, 1, 2);
        Files.write(file, Arrays.copyOf(whole, whole.length - 1));
        FirstLook look = settings(file.toString(), NONE).source(STORAGE).look();
        assertThat(look.problems())
                .extracting(FirstLook.Problem::message)
                .singleElement()
                .asString()
                .contains("has 9218 bytes");
    }

    @Test
    void tellsTheTwoDataSetsApart() throws IOException {
        Files.write(file, records(2, 1, 2, 3, 4));
        refuses(
                NONE,
                " has 6148 bytes, which are 2 records of CIFAR-100 and not of CIFAR-10; set labels to fine or coarse");
        Files.write(file, packed(records(1, 1, 2, 3)));
        refuses(COARSE, " has 9219 bytes, which are 3 records of CIFAR-10 and not of CIFAR-100; leave labels out");
    }

    @Test
    void namesOtherVersions() throws IOException {
        byte[] python = new byte[3073];
        python[0] = (byte) 0x80;
        python[1] = 2;
        Files.write(file, python);
        refuses(NONE, " is a Python pickle; take the binary version of CIFAR-10");
        byte[] matlab = Arrays.copyOf("MATLAB 5.0 MAT-file".getBytes(StandardCharsets.US_ASCII), 3074);
        Files.write(file, matlab);
        refuses(FINE, " is a MATLAB file; take the binary version of CIFAR-100");
        byte[] tar = Arrays.copyOf("cifar-10-batches-bin/".getBytes(StandardCharsets.US_ASCII), 10240);
        System.arraycopy("ustar".getBytes(StandardCharsets.US_ASCII), 0, tar, 257, 5);
        Files.write(file, packed(tar));
        refuses(NONE, " is a tar archive; unpack it, and name the files with the records");
        Files.writeString(file, "airplane\nautomobile\n");
        refuses(
                NONE,
                " has 20 bytes and must have a multiple of 3073, the length of a record of CIFAR-10; it is cut"
                        + " off, or not of the binary version (those for Python and MATLAB are not read)");
    }

    @Test
    void refusesALabelBeyondTheClasses() throws IOException {
        Files.write(file, records(1, 0, 9, 10));
        refuses(NONE, ": byte 0 of record 2 is 10, must be a label from 0 to 9 of CIFAR-10");
        assertThatThrownBy(() ->
                        ReaderContract.read(settings(file.toString(), NONE).reader(), 1))
                .hasMessageEndingWith("record 2 is 10, must be a label from 0 to 9 of CIFAR-10");
        Files.write(file, records(2, 0, 0, 20, 1));
        refuses(FINE, ": byte 0 of record 1 is 20, must be a label from 0 to 19 of CIFAR-100");
        Files.write(file, records(2, 0, 0, 0, 255));
        refuses(COARSE, ": byte 1 of record 1 is 255, must be a label from 0 to 99 of CIFAR-100");
    }

    @Test
    void namesClassesAndStopsAtTheLimit() throws IOException {
        Files.write(file, records(1, 0, 1, 2));
        List<String> names = List.of("a", "b", "c", "d", "e", "f", "g", "h", "i", "j");
        CifarReader.Settings settings =
                new CifarReader.Settings(List.of(file.toString()), NONE, names, Optional.of(2L));
        assertThat(settings.files()).containsOnly(Map.entry("paths", List.of(file.toString())));
        Source source = settings.source(STORAGE);
        assertThat(source.schema().classNames()).isEqualTo(names);
        assertThat(source.parts()).extracting(Source.Part::limit).containsExactly(2L);
        Rows first = source.first(2);
        assertThat(first.labels().classes()).containsExactly(0, 1);
    }

    @Test
    void refusesSettings() {
        assertThatThrownBy(() -> new CifarReader.Settings(List.of(), NONE, List.of(), Optional.empty()))
                .hasMessage("paths must name at least one file, pattern or directory, and none may be empty, was []");
        assertThatThrownBy(() -> new CifarReader.Settings(List.of("a"), COARSE, List.of("x", "y"), Optional.empty()))
                .hasMessage("class-names must be none or the names of all 20 classes, was 2 names");
        List<String> same = List.of("a", "b", "c", "d", "e", "f", "g", "h", "i", "a");
        assertThatThrownBy(() -> new CifarReader.Settings(List.of("a"), NONE, same, Optional.empty()))
                .hasMessage("class-names must differ from each other, was " + same);
        assertThatThrownBy(() -> new CifarReader.Settings(List.of("a"), NONE, List.of(), Optional.of(0L)))
                .hasMessage("limit must be >= 1, was 0");
    }

    private List<Samples> read(Optional<Granularity> labels) {
        return ReaderContract.read(settings(file.toString(), labels).reader(), 10);
    }

    private void refuses(Optional<Granularity> labels, String message) {
        assertThatThrownBy(() -> read(labels))
                .isInstanceOf(ArtifactException.class)
                .hasMessage("file:" + file + message);
    }

    private static FileSource.Settings settings(String path, Optional<Granularity> labels) {
        return new CifarReader.Settings(List.of(path), labels, List.of(), Optional.empty());
    }
}
