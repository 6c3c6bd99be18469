package io.retort.evaluate;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.retort.data.Column;
import io.retort.data.Column.NumberColumn;
import io.retort.data.DataType;
import io.retort.data.Rows;
import io.retort.data.Schema;
import io.retort.data.shard.ShardRows;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Base64;
import java.util.Comparator;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;

/**
 * Some held-out rows beside what a network and its teacher say of them.
 *
 * @param disagreements where both name classes: the rows of which they name different ones, the surest first
 * @param numbers where both give numbers: a sample of the rows, for each of the first few numbers
 */
public record ShownAnswers(List<Disagreement> disagreements, List<NumberSample> numbers) {
    public static final ShownAnswers NONE = new ShownAnswers(List.of(), List.of());

    public ShownAnswers {
        disagreements = List.copyOf(disagreements);
        numbers = List.copyOf(numbers);
    }

    /**
     * A number of up to {@value #MOST_ROWS} held-out rows, in the labels' unit and to six digits.
     *
     * @param labels of the rows
     * @param teacher its predictions for them, in the same order
     * @param student the network's
     */
    public record NumberSample(String name, List<Double> labels, List<Double> teacher, List<Double> student) {
        static final int MOST_ROWS = 300;
        static final int MOST_NUMBERS = 4;

        private static final MathContext SIX_DIGITS = new MathContext(6);

        public NumberSample {
            labels = List.copyOf(labels);
            teacher = List.copyOf(teacher);
            student = List.copyOf(student);
        }

        /** The first few numbers of the rows that have a label. */
        static List<NumberSample> of(List<String> names, AnsweredRows rows) {
            return IntStream.range(0, Math.min(names.size(), MOST_NUMBERS))
                    .mapToObj(number -> {
                        int[] places = IntStream.range(0, rows.rows())
                                .filter(rows.labels()::isPresent)
                                .map(row -> row * names.size() + number)
                                .toArray();
                        return new NumberSample(
                                names.get(number),
                                some(rows.labels().values(), places),
                                some(rows.teacherOutputs(), places),
                                some(rows.outputs(), places));
                    })
                    .toList();
        }

        private static List<Double> some(float[] values, int[] places) {
            return IntStream.of(places)
                    .mapToObj(place ->
                            new BigDecimal(values[place]).round(SIX_DIGITS).doubleValue())
                    .toList();
        }
    }

    /**
     * A row of which a network and its teacher name different classes.
     *
     * @param id as a text, for it has 64 bits
     * @param label the index of its class; -1 where it has no label
     * @param teacher the class that the teacher names, {@code teacherConfidence} the probability that it gives it
     * @param student the class that the network names, {@code studentConfidence} likewise
     * @param shown the row itself
     */
    public record Disagreement(
            String id,
            int label,
            int teacher,
            double teacherConfidence,
            int student,
            double studentConfidence,
            @JsonInclude(JsonInclude.Include.NON_EMPTY) ShownRow shown)
            implements Serializable {
        private static final Comparator<Disagreement> SUREST_FIRST = Comparator.comparingDouble(
                        (Disagreement one) -> -one.teacherConfidence * one.studentConfidence)
                .thenComparing(Disagreement::id);

        /** The surest of some, those with the greatest product of both confidences, at most so many. */
        static List<Disagreement> surest(List<Disagreement> all, int most) {
            return all.stream().sorted(SUREST_FIRST).limit(most).toList();
        }

        /**
         * The surest of a shard's rows.
         *
         * @param answers of the network and the teacher, logits
         */
        static List<Disagreement> surest(ShardRows rows, AnsweredRows answers, int most) {
            record Place(int row, Disagreement found) {}
            return IntStream.range(0, answers.rows())
                    .filter(row ->
                            named(answers.outputs(), row, answers) != named(answers.teacherOutputs(), row, answers))
                    .mapToObj(row -> new Place(row, of(rows, answers, row)))
                    .sorted(Comparator.comparing(Place::found, SUREST_FIRST))
                    .limit(most)
                    .map(place -> place.found()
                            .with(ShownRow.of(rows.schema(), rows.rows().rows(place.row()))))
                    .toList();
        }

        private static int named(float[] logits, int row, AnsweredRows answers) {
            return Prediction.greatest(logits, row * answers.classes(), answers.classes());
        }

        private static Disagreement of(ShardRows rows, AnsweredRows answers, int row) {
            int student = named(answers.outputs(), row, answers);
            int teacher = named(answers.teacherOutputs(), row, answers);
            return new Disagreement(
                    Long.toString(rows.rows().ids()[row]),
                    answers.labels().classOf(row),
                    teacher,
                    answers.teacherProbabilities(row)[teacher],
                    student,
                    answers.probabilities(row)[student],
                    ShownRow.NOTHING);
        }

        private Disagreement with(ShownRow row) {
            return new Disagreement(id, label, teacher, teacherConfidence, student, studentConfidence, row);
        }
    }

    /**
     * A row as people see it.
     *
     * @param picture the base64 form of a PNG file; empty of a row that is no image, or one of more than {@value
     *     #MOST_PIXELS} pixels a side
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

        /**
         * Grey, or red, green and blue; the least of its values is black and the greatest white, but bytes are as they
         * are.
         */
        private static String picture(NumberColumn column, Rows row) {
            int height = column.shape().height();
            int width = column.shape().width();
            float[] values = new float[column.shape().elements()];
            column.element().decode(row.numbers(column.name()), 0, values, 0, values.length);
            boolean isBytes = column.element() == DataType.UINT8;
            DoubleSummaryStatistics all = IntStream.range(0, values.length)
                    .mapToDouble(i -> values[i])
                    .summaryStatistics();
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
}
