package io.retort.data.encode;

import io.retort.data.Column;
import io.retort.data.Column.NumberColumn;
import io.retort.data.DataType;
import io.retort.data.InputEncoder;
import io.retort.data.Rows;
import io.retort.data.Schema;
import io.retort.network.Shape;
import io.retort.network.TableEncoding;
import io.retort.network.TableEncoding.Numeric;
import io.retort.predict.BatchTensor;
import io.retort.predict.Model;
import io.retort.predict.Predictor;
import io.retort.predict.Predictor.Inputs;
import io.retort.predict.Predictor.TensorSpec;
import io.retort.predict.RowBatch;
import io.retort.storage.Digest;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Columns of numbers, some of which may be missing, and of categories, as a {@link TableEncoding} has them. The numbers
 * are parts of the one column {@value Schema#FEATURES}, in which not-a-number is a missing one; each category is a
 * column of texts.
 *
 * @param isFitted whether the encoding was fitted to rows, or holds its place until then
 */
public record TableInput(TableEncoding encoding, boolean isFitted) implements InputEncoder {
    /** Of columns whose rows were not looked at yet. */
    public static TableInput unfitted(List<String> numbers, List<String> categories) {
        return new TableInput(TableEncoding.unfitted(numbers, categories), false);
    }

    /**
     * The same columns as another network has learned from them.
     *
     * @throws IllegalArgumentException where that has others, or numbers for categories
     */
    public TableInput with(TableEncoding other) {
        TableInput fitted = new TableInput(other, true);
        if (!fitted.rowColumns().equals(rowColumns())) {
            throw new IllegalArgumentException("the data has the columns " + described(this)
                    + ", but a network that is there already has learned from " + described(fitted)
                    + "; let categories and features be the same");
        }
        return fitted;
    }

    private static List<String> described(TableInput input) {
        return Stream.concat(
                        input.encoding.numbers().stream().map(column -> column.name() + " (number)"),
                        input.encoding.categories().stream().map(column -> column.name() + " (category)"))
                .toList();
    }

    /** The columns of rows. */
    public List<Column> rowColumns() {
        List<String> numbers = encoding.numbers().stream().map(Numeric::name).toList();
        Stream<Column> features = numbers.isEmpty()
                ? Stream.of()
                : Stream.of(new NumberColumn(Schema.FEATURES, DataType.FLOAT32, Shape.vector(numbers.size()), numbers));
        return Stream.concat(
                        features, encoding.categories().stream().map(column -> new Column.TextColumn(column.name())))
                .toList();
    }

    @Override
    public Shape shape() {
        return Shape.vector(encoding.width());
    }

    @Override
    public DataType element() {
        return DataType.FLOAT32;
    }

    @Override
    public Optional<TableEncoding> table() {
        return Optional.of(encoding);
    }

    @Override
    public List<String> names() {
        return encoding.columns();
    }

    @Override
    public List<String> columns() {
        return rowColumns().stream().map(Column::name).toList();
    }

    @Override
    public byte[] encode(Rows rows) {
        int width = encoding.width();
        float[] values = new float[Math.multiplyExact(rows.count(), width)];
        if (!encoding.numbers().isEmpty()) {
            encodeNumbers(rows, values, width);
        }
        for (int c = 0; c < encoding.categories().size(); c++) {
            Map<String, Integer> elements = encoding.elements(c);
            int unknown = encoding.firstElement(c);
            String[] texts = values(rows, encoding.categories().get(c).name());
            for (int row = 0; row < texts.length; row++) {
                values[row * width + elements.getOrDefault(texts[row], unknown)] = 1;
            }
        }
        byte[] stored = new byte[values.length * Float.BYTES];
        DataType.FLOAT32.encode(values, 0, stored, 0, values.length);
        return stored;
    }

    private void encodeNumbers(Rows rows, float[] values, int width) {
        int count = encoding.numbers().size();
        float[] numbers = numbers(rows);
        List<Integer> indicators = encoding.indicators();
        for (int row = 0; row < rows.count(); row++) {
            for (int i = 0; i < count; i++) {
                float number = numbers[row * count + i];
                values[row * width + i] =
                        Float.isNaN(number) ? (float) encoding.numbers().get(i).mean() : number;
            }
            for (int i = 0; i < indicators.size(); i++) {
                values[row * width + count + i] = Float.isNaN(numbers[row * count + indicators.get(i)]) ? 1 : 0;
            }
        }
    }

    /** {@code [rows, columns of numbers]}; not-a-number where one is missing. */
    public float[] numbers(Rows rows) {
        float[] numbers = new float[rows.count() * encoding.numbers().size()];
        DataType.FLOAT32.decode(rows.numbers(Schema.FEATURES), 0, numbers, 0, numbers.length);
        return numbers;
    }

    /** The value of a category in each row, the empty text where it is missing. */
    public static String[] values(Rows rows, String category) {
        String[] texts = rows.texts(category).clone();
        for (int row = 0; row < texts.length; row++) {
            texts[row] = texts[row] == null ? "" : texts[row];
        }
        return texts;
    }

    @Override
    public void addTo(Digest digest) {
        digest.add(encoding);
    }

    /** A network of a table that takes the columns as they are, by an input for each. */
    public static final class TableModel implements Model {
        private static final List<Integer> ONE = List.of(1);

        private final Predictor predictor;
        private final TableEncoding encoding;

        /**
         * @param predictor with the columns of the encoding in its order as inputs, and one output; closed with this
         */
        public TableModel(Predictor predictor, TableEncoding encoding) {
            this.predictor = predictor;
            this.encoding = encoding;
        }

        @Override
        public float[] predict(RowBatch rows) {
            return predictor.predict(inputs(rows)).of(predictor.outputs().get(0).name());
        }

        /** The columns of rows as the network takes them. */
        public Inputs inputs(RowBatch rows) {
            int numbers = encoding.numbers().size();
            Map<String, BatchTensor> tensors = new HashMap<>();
            float[] values = numbers == 0 ? new float[0] : rows.numbers(Schema.FEATURES);
            List<TensorSpec> inputs = predictor.inputs();
            for (int column = 0; column < inputs.size(); column++) {
                BatchTensor tensor = new BatchTensor(inputs.get(column).type(), ONE, rows.size());
                for (int row = 0; row < rows.size(); row++) {
                    if (column < numbers) {
                        tensor.putRow(row, values, row * numbers + column);
                    } else {
                        String category =
                                encoding.categories().get(column - numbers).name();
                        tensor.putText(row, 0, rows.text(category, row));
                    }
                }
                tensors.put(inputs.get(column).name(), tensor);
            }
            return new Inputs(rows.size(), tensors);
        }

        @Override
        public void close() {
            predictor.close();
        }
    }
}
