package io.retort.data.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.retort.data.DataType;
import io.retort.data.Labels;
import io.retort.data.Samples;
import io.retort.data.Schema;
import io.retort.network.Shape;
import io.retort.storage.ArtifactException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IdxReaderTest implements ReaderContract {
    private static final int UINT8 = 0x08;
    private static final int INT32 = 0x0C;
    private static final int FLOAT32 = 0x0D;
    private static final int FLOAT64 = 0x0E;

    @TempDir
    private Path directory;

    private Path images;
    private Path labels;

    @BeforeEach
    void nameFiles() {
        images = directory.resolve("images");
        labels = directory.resolve("labels");
    }

    @Override
    public FileSource.Settings source(Path folder) throws IOException {
        write(folder.resolve("a-images"), UINT8, new int[] {4, 2, 2}, counting(16));
        write(folder.resolve("b-images"), UINT8, new int[] {3, 2, 2}, counting(12));
        write(folder.resolve("a-labels"), UINT8, new int[] {4}, new byte[] {0, 1, 2, 0});
        write(folder.resolve("b-labels"), UINT8, new int[] {3}, new byte[] {2, 1, 0});
        return settings(folder + "/*-images", folder + "/*-labels");
    }

    @Test
    void keepsPixelsAsBytes() throws IOException {
        write(images, UINT8, new int[] {2, 2, 3}, new byte[] {
            0, 1, 2, 3, 4, 5, (byte) 250, (byte) 251, 6, 7, 8, (byte) 255
        });
        write(labels, UINT8, new int[] {2}, new byte[] {2, 0});
        List<Samples> samples = ReaderContract.read(reader(), 10);
        assertThat(samples.get(0).schema())
                .isEqualTo(new Schema(Shape.image(1, 2, 3), DataType.UINT8, List.of("0", "1", "2")));
        assertThat(samples.get(0).features()).hasSize(12);
        assertThat(ReaderContract.described(samples))
                .containsExactly("2: [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]", "0: [250.0, 251.0, 6.0, 7.0, 8.0, 255.0]");
    }

    @Test
    void unpacksGzip() throws IOException {
        writeGzip(images, UINT8, new int[] {2, 1, 2, 1}, counting(4));
        writeGzip(labels, UINT8, new int[] {2}, new byte[] {1, 0});
        List<Samples> samples = ReaderContract.read(reader(), 10);
        assertThat(samples.get(0).schema().shape()).isEqualTo(Shape.image(1, 2, 1));
        assertThat(ReaderContract.described(samples)).containsExactly("1: [0.0, 1.0]", "0: [2.0, 3.0]");
    }

    @Test
    void readsVectorsOfFloats() throws IOException {
        byte[] stored = ByteBuffer.allocate(16)
                .putFloat(0.5f)
                .putFloat(-3)
                .putFloat(1e9f)
                .putFloat(0)
                .array();
        write(images, FLOAT32, new int[] {2, 2}, stored);
        write(labels, UINT8, new int[] {2}, new byte[] {1, 0});
        List<Samples> samples = ReaderContract.read(reader(), 10);
        assertThat(samples.get(0).schema().element()).isEqualTo(DataType.FLOAT32);
        assertThat(samples.get(0).schema().shape()).isEqualTo(Shape.vector(2));
        assertThat(ReaderContract.described(samples)).containsExactly("1: [0.5, -3.0]", "0: [1.0E9, 0.0]");
    }

    @Test
    void refusesAMissingFile() {
        refuses(images + " is no file, no directory with files and no pattern that matches any");
    }

    @Test
    void refusesAFileOfAnotherFormat() throws IOException {
        Files.writeString(images, "PNG or so");
        write(labels, UINT8, new int[] {1}, new byte[] {0});
        refuses("file:" + images
                + " is no IDX file: it must begin with the bytes 00 00, a type (08, 09, 0b, 0c, 0d or 0e) and the number"
                + " of sizes, but begins with 50 4e 47 20");
    }

    @Test
    void refusesAnEmptyFile() throws IOException {
        Files.createFile(images);
        write(labels, UINT8, new int[] {1}, new byte[] {0});
        refuses("file:" + images
                + " is no IDX file: it must begin with the bytes 00 00, a type (08, 09, 0b, 0c, 0d or 0e) and the number"
                + " of sizes, but begins with nothing, it is empty");
    }

    @Test
    void refusesATruncatedFile() throws IOException {
        write(images, UINT8, new int[] {3, 2, 2}, counting(11));
        write(labels, UINT8, new int[] {3}, new byte[] {0, 1, 2});
        refuses("file:" + images + " is cut off: its header states 3 items, but it ends after 2");
    }

    @Test
    void refusesATruncatedGzip() throws IOException {
        writeGzip(images, UINT8, new int[] {3, 2, 2}, counting(12));
        write(labels, UINT8, new int[] {3}, new byte[] {0, 1, 2});
        byte[] whole = Files.readAllBytes(images);
        Files.write(images, Arrays.copyOf(whole, whole.length - 12));
        refuses("file:" + images + " is cut off: its header states 3 items, but it ends after at most 0");
    }

    @Test
    void refusesAHeaderThatIsCutOff() throws IOException {
        write(images, UINT8, new int[] {3, 2, 2}, new byte[0]);
        Files.write(images, Arrays.copyOf(Files.readAllBytes(images), 10));
        write(labels, UINT8, new int[] {3}, new byte[] {0, 1, 2});
        refuses("file:" + images + " ends within its header, after 10 bytes");
    }

    @Test
    void refusesAFileThatGoesOn() throws IOException {
        write(images, UINT8, new int[] {3, 2, 2}, counting(13));
        write(labels, UINT8, new int[] {3}, new byte[] {0, 1, 2});
        refuses("file:" + images + " goes on after the 3 items that its header states");
    }

    @Test
    void refusesALabelOutOfRange() throws IOException {
        write(images, UINT8, new int[] {3, 2, 2}, counting(12));
        write(labels, UINT8, new int[] {3}, new byte[] {0, 1, 3});
        refuses("file:" + labels + ": the label of item 2 is 3, must be a class index from 0 to 2");
    }

    @Test
    void refusesALabelThatIsNoWholeNumber() throws IOException {
        write(images, UINT8, new int[] {3, 1}, counting(3));
        for (float label : new float[] {1.5f, Float.NaN, Float.NEGATIVE_INFINITY, -0.5f}) {
            write(
                    labels,
                    FLOAT32,
                    new int[] {3},
                    ByteBuffer.allocate(12).putFloat(0).putFloat(label).array());
            refuses("file:" + labels + ": the label of item 1 is " + label + ", must be a class index from 0 to 2");
        }
        write(
                labels,
                FLOAT64,
                new int[] {3},
                ByteBuffer.allocate(24).putDouble(1.0000000001).array());
        refuses("file:" + labels + ": the label of item 0 is 1.0000000001, must be a class index from 0 to 2");
        write(
                labels,
                INT32,
                new int[] {3},
                ByteBuffer.allocate(12).putInt(16777217).array());
        refuses("file:" + labels + ": the label of item 0 is 16777217, must be a class index from 0 to 2");
    }

    @Test
    void readsWholeNumbersThatFloatsHoldAndWarnsOfOthers() throws IOException {
        write(labels, UINT8, new int[] {1}, new byte[] {1});
        for (int right : new int[] {16777216, -16777216, 1_000_000_000, Integer.MIN_VALUE}) {
            write(
                    images,
                    INT32,
                    new int[] {1, 2},
                    ByteBuffer.allocate(8).putInt(right).putInt(7).array());
            assertThat(ReaderContract.described(ReaderContract.read(reader(), 10)))
                    .containsExactly("1: [" + (float) right + ", 7.0]");
            assertThat(ReaderContract.rounded(reader(), 10)).isEmpty();
        }
        for (int wrong : new int[] {16777217, -16777219, 1_700_000_001, Integer.MAX_VALUE}) {
            write(
                    images,
                    INT32,
                    new int[] {1, 2},
                    ByteBuffer.allocate(8).putInt(7).putInt(wrong).array());
            assertThat(ReaderContract.rounded(reader(), 10))
                    .hasValue("file:" + images + ": value 1 of item 0, " + wrong
                            + ", is a whole number of more digits than 32-bit"
                            + " floats hold (all up to 16777216), so it is rounded; leave out ids and times, and scale"
                            + " quantities");
        }
        write(
                images,
                FLOAT64,
                new int[] {1, 2},
                ByteBuffer.allocate(16).putDouble(16777217).putDouble(0.1).array());
        assertThat(ReaderContract.described(ReaderContract.read(reader(), 10)))
                .containsExactly("1: [1.6777216E7, 0.1]");
        write(
                images,
                FLOAT64,
                new int[] {1, 2},
                ByteBuffer.allocate(16).putDouble(1e300).array());
        refuses("file:" + images + ": value 0 of item 0 is 1.0E300, must be a finite number");
    }

    @Test
    void refusesChannelsThatComeLast() throws IOException {
        write(labels, UINT8, new int[] {1}, new byte[] {1});
        for (int[] sizes : new int[][] {{1, 8, 8, 3}, {1, 28, 28, 1}, {1, 6, 5, 4}, {1, 2, 3, 1}}) {
            write(images, UINT8, sizes, counting(sizes[1] * sizes[2] * sizes[3]));
            List<Integer> item = List.of(sizes[1], sizes[2], sizes[3]);
            refuses("file:" + images + " holds items of sizes " + item
                    + ", which look like [height, width, channels] and must"
                    + " be [channels, height, width]; transpose them, in NumPy with np.moveaxis(images, 3, 1)");
        }
        for (int[] sizes : new int[][] {{1, 3, 8, 8}, {1, 1, 5, 3}, {1, 8, 2, 2}, {1, 3, 3, 3}, {1, 4, 8, 1}}) {
            write(images, UINT8, sizes, counting(sizes[1] * sizes[2] * sizes[3]));
            assertThat(ReaderContract.read(reader(), 10).get(0).schema().shape())
                    .isEqualTo(Shape.image(sizes[1], sizes[2], sizes[3]));
        }
    }

    @Test
    void refusesAnotherNumberOfLabels() throws IOException {
        write(images, UINT8, new int[] {3, 2, 2}, counting(12));
        write(labels, UINT8, new int[] {2}, new byte[] {0, 1});
        refuses("file:" + labels + " holds 2 labels, but file:" + images
                + " holds 3 items; every item needs one label");
    }

    @Test
    void refusesImagesInPlaceOfLabels() throws IOException {
        write(images, UINT8, new int[] {3, 2, 2}, counting(12));
        write(labels, UINT8, new int[] {3, 2}, counting(6));
        refuses("file:" + labels + " must hold one label per item, but holds items of sizes [2]");
    }

    @Test
    void refusesAnotherShapeInALaterFile() throws IOException {
        FileSource.Settings settings = source(directory);
        write(directory.resolve("b-images"), UINT8, new int[] {3, 4}, counting(12));
        assertThatThrownBy(() -> ReaderContract.read(settings.reader(), 10))
                .isInstanceOf(ArtifactException.class)
                .hasMessage("file:" + directory.resolve("b-images")
                        + " must hold UINT8 items of shape [1, 2, 2] as the source's first file"
                        + " does, but holds UINT8 items of shape [4]");
    }

    @Test
    void refusesItemsOfTooManySizes() throws IOException {
        write(images, UINT8, new int[] {1, 1, 2, 2, 2}, counting(8));
        write(labels, UINT8, new int[] {1}, new byte[] {0});
        refuses("file:" + images
                + " must hold items of shape [features], [height, width] or [channels, height, width], but they are"
                + " [1, 2, 2, 2]");
    }

    @Test
    void refusesANumberThatIsNone() throws IOException {
        write(
                images,
                FLOAT32,
                new int[] {2, 2},
                ByteBuffer.allocate(16).putFloat(12, Float.NaN).array());
        write(labels, UINT8, new int[] {2}, new byte[] {1, 0});
        refuses("file:" + images + ": value 1 of item 1 is NaN, must be a finite number");
    }

    @Test
    void refusesFilesWithoutPartners() throws IOException {
        source(directory);
        Files.delete(directory.resolve("b-labels"));
        String imagePaths = directory + "/*-images";
        String labelPaths = directory + "/*-labels";
        assertThatThrownBy(() ->
                        ReaderContract.read(settings(imagePaths, labelPaths).reader(), 10))
                .isInstanceOf(ArtifactException.class)
                .hasMessage("[" + imagePaths + "] are 2 files, but [" + labelPaths
                        + "] are 1; every file of images needs one of labels");
    }

    @Test
    void imagesWithoutFilesOfLabelsHaveNone() throws IOException {
        write(images, UINT8, new int[] {2, 1, 2}, new byte[] {1, 2, 3, 4});
        FileSource.Settings settings = new IdxReader.Settings(
                List.of(images.toString()), List.of(), Optional.of(3), List.of(), Optional.empty());
        assertThat(settings.files()).containsOnlyKeys("images");
        Samples samples = ReaderContract.read(settings.reader(), 10).get(0);
        assertThat(samples.labels().classes()).containsExactly(Labels.NONE, Labels.NONE);
        assertThat(samples.features()).containsExactly(1, 2, 3, 4);
        write(labels, UINT8, new int[] {2}, new byte[] {1, 0});
        assertThat(ReaderContract.read(reader(), 10).get(0).ids())
                .as("ids are those of the images, with labels and without")
                .isEqualTo(samples.ids());
    }

    @Test
    void refusesSettings() {
        assertThatThrownBy(() -> new IdxReader.Settings(
                        List.of(), List.of("labels"), Optional.of(3), List.of(), Optional.empty()))
                .hasMessage("images must name at least one file, pattern or directory, and none may be empty, was []");
        assertThatThrownBy(() -> new IdxReader.Settings(
                        List.of("images"), List.of(""), Optional.of(3), List.of(), Optional.empty()))
                .hasMessage("labels must name at least one file, pattern or directory, and none may be empty, was []");
        assertThatThrownBy(() -> new IdxReader.Settings(
                        List.of("images"), List.of("labels"), Optional.empty(), List.of(), Optional.empty()))
                .hasMessage("classes missing; say how many classes there are, or name them by class-names");
        assertThatThrownBy(() -> new IdxReader.Settings(
                        List.of("images"), List.of("labels"), Optional.of(1), List.of(), Optional.empty()))
                .hasMessage("classes must be >= 2, was 1");
        assertThatThrownBy(() -> new IdxReader.Settings(
                        List.of("images"), List.of("labels"), Optional.of(3), List.of("a", "b"), Optional.empty()))
                .hasMessage("classes must be the number of class-names, 2, or left out, was 3");
        assertThatThrownBy(() -> new IdxReader.Settings(
                        List.of("images"), List.of("labels"), Optional.empty(), List.of("a", "a"), Optional.empty()))
                .hasMessage("class-names must differ from each other, was [a, a]");
        assertThatThrownBy(() -> new IdxReader.Settings(
                        List.of("images"), List.of("labels"), Optional.of(3), List.of(), Optional.of(0L)))
                .hasMessage("limit must be >= 1, was 0");
    }

    private void refuses(String message) {
        assertThatThrownBy(() -> ReaderContract.read(reader(), 10))
                .isInstanceOf(ArtifactException.class)
                .hasMessage(message);
    }

    private Reader reader() {
        return settings(images.toString(), labels.toString()).reader();
    }

    private static FileSource.Settings settings(String images, String labels) {
        return new IdxReader.Settings(List.of(images), List.of(labels), Optional.of(3), List.of(), Optional.empty());
    }

    private static byte[] counting(int bytes) {
        byte[] values = new byte[bytes];
        for (int i = 0; i < bytes; i++) {
            values[i] = (byte) i;
        }
        return values;
    }

    private static void write(Path path, int type, int[] sizes, byte[] values) throws IOException {
        try (OutputStream out = Files.newOutputStream(path)) {
            write(out, type, sizes, values);
        }
    }

    private static void writeGzip(Path path, int type, int[] sizes, byte[] values) throws IOException {
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(path))) {
            write(out, type, sizes, values);
        }
    }

    private static void write(OutputStream out, int type, int[] sizes, byte[] values) throws IOException {
        ByteBuffer header = ByteBuffer.allocate(4 + 4 * sizes.length);
        header.putInt((type << 8) | sizes.length);
        Arrays.stream(sizes).forEach(header::putInt);
        out.write(header.array());
        out.write(values);
    }
}
