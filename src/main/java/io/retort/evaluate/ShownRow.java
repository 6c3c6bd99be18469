package io.retort.evaluate;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.retort.data.Column;
import io.retort.data.Column.NumberColumn;
import io.retort.data.DataType;
import io.retort.data.Rows;
import io.retort.data.Schema;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.Base64;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;

/**
 * A row as people see it.
 *
 * @param picture the base64 form of a PNG file; empty of a row that is no image, or one of more than {@value #MOST_PIXELS}
 *     pixels a side
 * @param text the first {@value #MOST_CHARACTERS} characters; empty of a row that is no text
 */
public record ShownRow(
        @JsonInclude(JsonInclude.Include.NON_EMPTY) String picture,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) String text)
        implements Serializable {
    static final int MOST_PIXELS = 64;
    static final int MOST_CHARACTERS = 200;

    static final ShownRow NOTHING = new ShownRow("", "");

    public ShownRow {
        picture = picture == null ? "" : picture; // Jackson gives null for what is left out
        text = text == null ? "" : text;
    }

    /** The only one of some rows. */
    static ShownRow of(Schema schema, Rows row) {
        return of(
                schema.columns().stream()
                        .filter(column -> schema.input().columns().contains(column.name()))
                        .toList(),
                row);
    }

    /** @param read the columns that networks read */
    static ShownRow of(List<Column> read, Rows row) {
        if (read.size() != 1) {
            return NOTHING;
        }
        return read.get(0) instanceof NumberColumn numbers
                ? new ShownRow(isPicture(numbers) ? picture(numbers, row) : "", "")
                : new ShownRow("", beginning(row.texts(read.get(0).name())[0]));
    }

    private static String beginning(String text) {
        String whole = text == null ? "" : text;
        return whole.codePointCount(0, whole.length()) <= MOST_CHARACTERS
                ? whole
                : whole.substring(0, whole.offsetByCodePoints(0, MOST_CHARACTERS)) + "…";
    }

    private static boolean isPicture(NumberColumn column) {
        return column.shape().isImage()
                && (column.shape().channels() == 1 || column.shape().channels() == 3)
                && column.shape().height() <= MOST_PIXELS
                && column.shape().width() <= MOST_PIXELS;
    }

    /** Grey, or red, green and blue; the least of its values is black and the greatest white, but bytes are as they are. */
    private static String picture(NumberColumn column, Rows row) {
        int height = column.shape().height();
        int width = column.shape().width();
        float[] values = new float[column.shape().elements()];
        column.element().decode(row.numbers(column.name()), 0, values, 0, values.length);
        boolean isBytes = column.element() == DataType.UINT8;
        DoubleSummaryStatistics all =
                IntStream.range(0, values.length).mapToDouble(i -> values[i]).summaryStatistics();
        double least = isBytes ? 0 : all.getMin();
        double range = isBytes ? 255 : Math.max(all.getMax() - least, Float.MIN_NORMAL);
        boolean isColoured = column.shape().channels() == 3;
        int[] starts = isColoured ? new int[] {0, height * width, 2 * height * width} : new int[3];
        BufferedImage image = new BufferedImage(
                width, height, isColoured ? BufferedImage.TYPE_INT_RGB : BufferedImage.TYPE_BYTE_GRAY);
        for (int pixel = 0; pixel < height * width; pixel++) {
            for (int band = 0; band < image.getRaster().getNumBands(); band++) {
                double level = (values[starts[band] + pixel] - least) / range;
                image.getRaster().setSample(pixel % width, pixel / width, band, (int) Math.round(255 * level));
            }
        }
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        try {
            ImageIO.write(image, "png", file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Base64.getEncoder().encodeToString(file.toByteArray());
    }
}
