package io.retort.data.source.file;

import io.retort.config.SettingException;
import io.retort.data.encode.Resize;
import io.retort.network.Shape;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.zip.CRC32;
import javax.imageio.ImageIO;
import javax.imageio.ImageReadParam;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;

/**
 * Makes {@code [channels, height, width]} of PNG and JPEG files, a byte for each value.
 *
 * <p>As Pillow's {@code convert} and then {@code resize(BILINEAR)} do: alpha is left out, grey is
 * {@code (19595 R + 38470 G + 7471 B + 2¹⁵) / 2¹⁶} (ITU-R BT.601), a picture that shrinks is smoothed. Its proportions
 * are not kept. Colour profiles and the orientation of EXIF are not applied.
 *
 * @param channels 1 for grey, 3 for red, green and blue
 */
public record PictureDecoder(int channels, int height, int width) implements Serializable {
    /** A picture of more pixels is refused before it is decoded, since it would take up the memory of a task. */
    static final long MOST_PIXELS = 50_000_000;

    private static final byte[] PNG = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};

    /** @throws SettingException by the names of its parameters */
    public PictureDecoder {
        if (channels != 1 && channels != 3) {
            throw new SettingException("channels", "must be 1 (grey) or 3 (red, green, blue), was " + channels);
        }
        require("height", height);
        require("width", width);
    }

    private static void require(String side, int pixels) {
        if (pixels < 1 || pixels > 4096) {
            throw new SettingException(side, "must be from 1 to 4096, was " + pixels);
        }
    }

    public Shape shape() {
        return Shape.image(channels, height, width);
    }

    /**
     * The values of a picture.
     *
     * @throws IOException that says, after the name of the file, why there are none
     */
    public byte[] decode(byte[] file) throws IOException {
        boolean isPng = startsWith(file, PNG);
        if (!isPng && !startsWith(file, (byte) 0xFF, (byte) 0xD8, (byte) 0xFF)) {
            throw new IOException("is no PNG and no JPEG, but "
                    + PictureFile.format(file).orElse(file.length == 0 ? "empty" : "something else"));
        }
        if (isPng) {
            requireIntact(file);
        }
        ImageReader reader =
                ImageIO.getImageReadersByFormatName(isPng ? "png" : "jpeg").next();
        try (ImageInputStream in = new MemoryCacheImageInputStream(new ByteArrayInputStream(file))) {
            reader.setInput(in, true, true);
            return values(decoded(reader));
        } catch (IOException | RuntimeException e) { // the decoders of the JDK throw what comes of broken files
            throw new IOException("cannot be decoded as " + (isPng ? "PNG" : "JPEG") + ": " + e.getMessage(), e);
        } finally {
            reader.dispose();
        }
    }

    private static boolean startsWith(byte[] file, byte... start) {
        return file.length >= start.length
                && ByteBuffer.wrap(file, 0, start.length).equals(ByteBuffer.wrap(start));
    }

    /** Whether all chunks are there and have their checksums, at which the JDK does not look. */
    private static void requireIntact(byte[] file) throws IOException {
        ByteBuffer chunks = ByteBuffer.wrap(file, PNG.length, file.length - PNG.length);
        CRC32 checksum = new CRC32();
        String type = "";
        while (!type.equals("IEND")) {
            if (chunks.remaining() < 12
                    || chunks.getInt(chunks.position()) < 0
                    || chunks.getInt(chunks.position()) > chunks.remaining() - 12) {
                throw new IOException("is cut off");
            }
            int length = chunks.getInt();
            type = new String(file, chunks.position(), 4, StandardCharsets.ISO_8859_1);
            checksum.reset();
            checksum.update(file, chunks.position(), 4 + length);
            chunks.position(chunks.position() + 4 + length);
            if (chunks.getInt() != (int) checksum.getValue()) {
                throw new IOException("is damaged: its chunk " + type + " has another checksum");
            }
        }
    }

    private static BufferedImage decoded(ImageReader reader) throws IOException {
        long pixels = (long) reader.getWidth(0) * reader.getHeight(0);
        if (pixels > MOST_PIXELS) {
            throw new IOException(String.format(
                    Locale.ROOT,
                    "it has %,d x %,d pixels, and at most %,d are decoded; make it smaller",
                    reader.getWidth(0),
                    reader.getHeight(0),
                    MOST_PIXELS));
        }
        List<String> warnings = new ArrayList<>();
        reader.addIIOReadWarningListener((source, warning) -> warnings.add(warning));
        BufferedImage picture = reader.read(0, unconverted(reader));
        for (String warning : warnings) {
            if (warning.toLowerCase(Locale.ROOT).contains("premature end")) {
                throw new IOException("is cut off");
            }
        }
        return picture;
    }

    /** So that values stay as they are stored, where a JPEG has a colour profile of its own. */
    private static ImageReadParam unconverted(ImageReader reader) throws IOException {
        ImageReadParam how = reader.getDefaultReadParam();
        reader.getImageTypes(0).forEachRemaining(type -> {
            ColorSpace colours = type.getColorModel().getColorSpace();
            if (colours.getNumComponents() == 3 && !colours.isCS_sRGB()) {
                how.setDestinationType(type);
            }
        });
        return how;
    }

    private byte[] values(BufferedImage picture) throws IOException {
        byte[][] planes = planes(picture);
        byte[] values = new byte[channels * height * width];
        if (picture.getWidth() == width && picture.getHeight() == height) {
            for (int c = 0; c < channels; c++) {
                System.arraycopy(planes[c % planes.length], 0, values, c * height * width, height * width);
            }
            return values;
        }
        Resize.Axis across = Resize.ANTIALIAS.axis(picture.getWidth(), width);
        Resize.Axis down = Resize.ANTIALIAS.axis(picture.getHeight(), height);
        byte[] turned = new byte[picture.getHeight() * width];
        byte[] plane = new byte[height * width];
        for (int c = 0; c < channels; c++) {
            across.apply(planes[c % planes.length], picture.getHeight(), turned);
            down.apply(turned, width, plane);
            System.arraycopy(plane, 0, values, c * plane.length, plane.length);
        }
        return values;
    }

    /** Grey, or red, green and blue. */
    private byte[][] planes(BufferedImage picture) throws IOException {
        int space = picture.getColorModel().getColorSpace().getType();
        if (space != ColorSpace.TYPE_RGB && space != ColorSpace.TYPE_GRAY) {
            throw new IOException("its colours are those of print (CMYK); store it as RGB");
        }
        Raster raster = picture.getRaster();
        for (int bits : raster.getSampleModel().getSampleSize()) {
            if (bits > 8) {
                throw new IOException("it has " + bits + " bits for each value; store it with 8");
            }
        }
        int across = raster.getWidth();
        IndexColorModel palette = picture.getColorModel() instanceof IndexColorModel colours ? colours : null;
        int colours = palette != null || raster.getNumBands() >= 3 ? 3 : 1;
        byte[][] planes = new byte[channels == 1 ? 1 : colours][across * raster.getHeight()];
        int[][] row = new int[colours][across];
        for (int y = 0; y < raster.getHeight(); y++) {
            for (int c = 0; c < colours; c++) {
                raster.getSamples(0, y, across, 1, palette == null ? c : 0, row[c]);
            }
            if (palette != null) {
                lookUp(palette, row);
            }
            for (int c = 0; c < planes.length; c++) {
                for (int x = 0; x < across; x++) {
                    int value = planes.length < colours ? grey(row[0][x], row[1][x], row[2][x]) : row[c][x];
                    planes[c][y * across + x] = (byte) value;
                }
            }
        }
        return planes;
    }

    private static void lookUp(IndexColorModel palette, int[][] row) {
        for (int x = 0; x < row[0].length; x++) {
            int index = row[0][x];
            row[0][x] = palette.getRed(index);
            row[1][x] = palette.getGreen(index);
            row[2][x] = palette.getBlue(index);
        }
    }

    private static int grey(int red, int green, int blue) {
        return (19595 * red + 38470 * green + 7471 * blue + (1 << 15)) >> 16;
    }

    /** Tells packed pictures, and arrays with a header, from raw values. */
    public static final class PictureFile {
        private PictureFile() {}

        /** The format of a file that has these bytes; nothing where they may be raw values. */
        public static Optional<String> format(byte[] bytes) {
            if (bytes.length < 12) {
                return Optional.empty();
            }
            String start = new String(bytes, 0, 12, StandardCharsets.ISO_8859_1);
            int end = bytes.length;
            if (start.startsWith("\u0089PNG\r\n\u001a\n")) {
                return Optional.of("PNG");
            } else if (start.startsWith("\u00ff\u00d8\u00ff")
                    && bytes[end - 2] == (byte) 0xFF
                    && bytes[end - 1] == (byte) 0xD9) {
                return Optional.of("JPEG"); // Three bytes alone may be three white pixels.
            } else if (start.startsWith("GIF87a") || start.startsWith("GIF89a")) {
                return Optional.of("GIF");
            } else if (start.startsWith("RIFF") && start.endsWith("WEBP")) {
                return Optional.of("WebP");
            } else if (start.startsWith("II*\0") || start.startsWith("MM\0*")) {
                return Optional.of("TIFF");
            } else if (start.startsWith("\u0093NUMPY")) {
                return Optional.of("NumPy");
            }
            int length = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt(2);
            return start.startsWith("BM") && length == end ? Optional.of("BMP") : Optional.empty();
        }
    }

    /** A picture that Spark's format {@code image} has decoded, as the file that other pictures are. */
    public static final class DecodedPicture {
        private static final List<String> FIELDS = List.of("height", "width", "nChannels", "mode", "data");

        private DecodedPicture() {}

        /** Whether a column of structs has such pictures. */
        public static boolean isIn(StructType struct) {
            return List.of(struct.fieldNames()).containsAll(FIELDS);
        }

        /**
         * A PNG with the same values, without alpha; nothing in it where Spark could not decode the picture, and null
         * of none.
         *
         * @param picture with the bytes of each pixel side by side in {@code data}, row by row from the top: grey, or
         *     blue, green and red, with alpha behind them
         */
        public static byte[] png(Row picture) {
            if (picture == null) {
                return null;
            }
            int height = picture.<Integer>getAs("height");
            int width = picture.<Integer>getAs("width");
            int channels = picture.<Integer>getAs("nChannels");
            byte[] data = picture.getAs("data");
            if (height < 1 || width < 1 || data.length != (long) height * width * channels) {
                return new byte[0];
            }
            BufferedImage image = new BufferedImage(
                    width, height, channels == 1 ? BufferedImage.TYPE_BYTE_GRAY : BufferedImage.TYPE_3BYTE_BGR);
            byte[] pixels = ((DataBufferByte) image.getRaster().getDataBuffer()).getData();
            int kept = Math.min(channels, 3);
            for (int pixel = 0; pixel < height * width; pixel++) {
                System.arraycopy(data, pixel * channels, pixels, pixel * kept, kept);
            }
            ByteArrayOutputStream file = new ByteArrayOutputStream(data.length);
            try {
                ImageIO.write(image, "png", file);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return file.toByteArray();
        }
    }
}
