package io.retort.data.source.file;

import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import javax.imageio.ImageIO;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;

/** A picture that Spark's format {@code image} has decoded, as the file that other pictures are. */
public final class DecodedPicture {
    private static final List<String> FIELDS = List.of("height", "width", "nChannels", "mode", "data");

    private DecodedPicture() {}

    /** Whether a column of structs has such pictures. */
    public static boolean isIn(StructType struct) {
        return List.of(struct.fieldNames()).containsAll(FIELDS);
    }

    /**
     * A PNG with the same values, without alpha; nothing in it where Spark could not decode the picture, and null of
     * none.
     *
     * @param picture with the bytes of each pixel side by side in {@code data}, row by row from the top: grey, or blue,
     *     green and red, with alpha behind them
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
