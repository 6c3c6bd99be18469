package io.retort.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.retort.data.Column;
import io.retort.data.DataType;
import io.retort.data.Labels;
import io.retort.data.Rows;
import io.retort.data.Schema;
import io.retort.data.shard.ShardRows;
import io.retort.evaluate.ShownAnswers.Disagreement;
import io.retort.evaluate.ShownAnswers.NumberSample;
import io.retort.evaluate.ShownAnswers.ShownRow;
import io.retort.network.Shape;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Base64;
import java.util.List;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

class ShownAnswersTest {
    private static final List<String> CLASSES = List.of("boot", "bag");
    private static final float LN3 = (float) Math.log(3);
    private static final float LN9 = (float) Math.log(9);

    /** Grey pictures of two pixels a side, the first of which is 10 times the row's place. */
    private static ShardRows pictures(Labels labels) {
        Schema schema = new Schema(Shape.image(1, 2, 2), DataType.UINT8, CLASSES);
        int count = labels.rows();
        byte[] pixels = new byte[4 * count];
        for (int row = 0; row < count; row++) {
            pixels[4 * row] = (byte) (10 * row);
            pixels[4 * row + 3] = (byte) 255;
        }
        long[] ids = IntStream.range(0, count).mapToLong(row -> 100 + row).toArray();
        Rows rows =
                new Rows(schema.columns(), ids, labels, List.of(new Rows.NumberValues(pixels, schema.featureBytes())));
        return new ShardRows(schema, "key", rows, IntStream.range(0, count).toArray(), rows);
    }

    private static BufferedImage read(ShownRow shown) throws IOException {
        return ImageIO.read(new ByteArrayInputStream(Base64.getDecoder().decode(shown.picture())));
    }

    @Test
    void namesTheSurestRowsOfWhichBothSayDifferentClasses() throws IOException {
        Labels labels = Labels.ofClasses(0, 1, Labels.NONE, 0);
        // Softmax: the network is sure of boot by 3/4, of boot by 9/10, of bag by 3/4, of bag by 9/10.
        float[] network = {LN3, 0, LN9, 0, 0, LN3, 0, LN9};
        // The teacher says bag by 3/4, boot by 3/4, boot by 9/10, boot by 9/10: it agrees on the second.
        float[] teacher = {0, LN3, LN3, 0, LN9, 0, LN9, 0};
        ShardRows rows = pictures(labels);
        AnsweredRows answers = new AnsweredRows(2, network, teacher, labels);

        List<Disagreement> all = Disagreement.surest(rows, answers, 10);
        assertThat(all).extracting(Disagreement::id).containsExactly("103", "102", "100"); // 0.81, 0.675, 0.5625
        assertThat(all).extracting(Disagreement::label).containsExactly(0, -1, 0);
        assertThat(all).extracting(Disagreement::student).containsExactly(1, 1, 0);
        assertThat(all).extracting(Disagreement::teacher).containsExactly(0, 0, 1);
        assertThat(all.get(1).studentConfidence()).isCloseTo(0.75, within(1e-6));
        assertThat(all.get(1).teacherConfidence()).isCloseTo(0.9, within(1e-6));
        assertThat(read(all.get(0).shown()).getRaster().getSample(0, 0, 0)).isEqualTo(30);
        assertThat(read(all.get(0).shown()).getRaster().getSample(1, 1, 0)).isEqualTo(255);
        assertThat(Disagreement.surest(rows, answers, 2)).isEqualTo(all.subList(0, 2));
        assertThat(Disagreement.surest(List.of(all.get(2), all.get(0), all.get(1)), 2))
                .isEqualTo(all.subList(0, 2));
    }

    @Test
    void coloursAreInTheirBandsAndNumbersAreSpreadFromBlackToWhite() throws IOException {
        Schema schema = new Schema(Shape.image(3, 1, 2), DataType.FLOAT32, CLASSES);
        byte[] stored = new byte[schema.featureBytes()];
        // red: -1 and 0, green: 1 and 0, blue: 0 and 0
        DataType.FLOAT32.encode(new float[] {-1, 0, 1, 0, 0, 0}, 0, stored, 0, 6);
        Rows row = new Rows(
                schema.columns(),
                new long[] {1},
                Labels.ofClasses(0),
                List.of(new Rows.NumberValues(stored, stored.length)));
        BufferedImage image = read(ShownRow.of(schema, row));
        assertThat(image.getRGB(0, 0) & 0xFFFFFF).isEqualTo(0x00FF80);
        assertThat(image.getRGB(1, 0) & 0xFFFFFF).isEqualTo(0x808080);
    }

    @Test
    void largePicturesAndTablesAreNotShown() {
        for (Shape shape : List.of(Shape.image(1, 65, 2), Shape.image(2, 2, 2), Shape.vector(4))) {
            Schema schema = new Schema(shape, DataType.UINT8, CLASSES);
            Rows row = new Rows(
                    schema.columns(),
                    new long[] {1},
                    Labels.ofClasses(0),
                    List.of(new Rows.NumberValues(new byte[shape.elements()], shape.elements())));
            assertThat(ShownRow.of(schema, row)).as(shape.toString()).isEqualTo(ShownRow.NOTHING);
        }
    }

    @Test
    void aTextIsCutBetweenCharacters() {
        List<Column> columns = List.of(new Column.TextColumn("body"));
        String flags = "🏁".repeat(ShownRow.MOST_CHARACTERS);
        assertThat(shown(columns, flags)).isEqualTo(new ShownRow("", flags));
        assertThat(shown(columns, flags + "a")).isEqualTo(new ShownRow("", flags + "…"));
        assertThat(shown(columns, null)).isEqualTo(ShownRow.NOTHING);
    }

    private static ShownRow shown(List<Column> columns, String text) {
        return ShownRow.of(
                columns,
                new Rows(columns, new long[] {1}, Labels.ofClasses(0), List.of(new Rows.TextValues(new String[] {text
                }))));
    }

    @Test
    void samplesTheFirstNumbersOfRowsThatHaveALabel() {
        Labels labels = new Labels(new float[] {1, 2, Float.NaN, Float.NaN, 5, 6}, 2);
        AnsweredRows rows =
                new AnsweredRows(2, new float[] {1.5f, 2, 3, 4, 5, 6.123457f}, new float[] {1, 2, 3, 4, 0, 6}, labels);
        assertThat(NumberSample.of(List.of("price", "weight"), rows))
                .containsExactly(
                        new NumberSample("price", List.of(1.0, 5.0), List.of(1.0, 0.0), List.of(1.5, 5.0)),
                        new NumberSample("weight", List.of(2.0, 6.0), List.of(2.0, 6.0), List.of(2.0, 6.12346)));
    }
}
