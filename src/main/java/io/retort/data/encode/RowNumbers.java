package io.retort.data.encode;

import io.retort.config.SettingException;
import io.retort.data.Column;
import io.retort.data.Column.NumberColumn;
import io.retort.data.Schema;
import io.retort.network.Shape;
import io.retort.network.TableEncoding;
import io.retort.predict.Predictor.TensorSpec;
import io.retort.predict.RowBatch;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The numbers that a model reads of a row. */
public sealed interface RowNumbers extends Serializable {
    /** How many there are. */
    int count();

    /** Copies those of a row. */
    void copy(RowBatch rows, int row, float[] values);

    /** The numbers of a row that a model reads: whole columns, or single values of columns whose values have names. */
    final class NumberPicks implements RowNumbers {
        private static final long serialVersionUID = 1L;

        /**
         * Neighbours in a column.
         *
         * @param width values of a row of the column
         * @param first of them
         */
        private record Pick(String column, int width, int first, int count) implements Serializable {}

        private final ArrayList<Pick> picks;
        private final Shape shape;

        private NumberPicks(List<Pick> picks, Shape shape) {
            this.picks = new ArrayList<>(picks);
            this.shape = shape;
        }

        /**
         * Finds what names stand for.
         *
         * @param names of columns of numbers, or of single values; none for what is called as the model's input, or
         *     else the only column of the rows
         * @throws SettingException where a name stands for nothing
         */
        static NumberPicks of(Schema rows, List<String> names, TensorSpec input) {
            List<NumberColumn> columns = numberColumns(rows);
            return of(rows, columns, names.isEmpty() ? List.of(standard(rows, columns, input)) : names);
        }

        /**
         * Finds what names stand for.
         *
         * @param names of columns of numbers, or of single values; at least one
         * @throws SettingException where a name stands for nothing
         */
        public static NumberPicks of(Schema rows, List<String> names) {
            return of(rows, numberColumns(rows), names);
        }

        private static NumberPicks of(Schema rows, List<NumberColumn> columns, List<String> names) {
            List<Pick> picks = new ArrayList<>();
            Shape shape = null;
            for (String name : names) {
                NumberColumn column = columns.stream()
                        .filter(one -> one.name().equals(name) || one.parts().contains(name))
                        .findFirst()
                        .orElseThrow(() -> new SettingException(
                                "columns",
                                "there is no column of numbers '" + name + "'; there are " + described(rows)));
                int width = column.shape().elements();
                boolean whole = column.name().equals(name);
                shape = whole ? column.shape() : Shape.vector(1);
                picks.add(new Pick(
                        column.name(), width, whole ? 0 : column.parts().indexOf(name), whole ? width : 1));
            }
            int total = picks.stream().mapToInt(Pick::count).sum();
            return new NumberPicks(picks, picks.size() == 1 ? shape : Shape.vector(total));
        }

        private static List<NumberColumn> numberColumns(Schema rows) {
            return rows.columns().stream()
                    .filter(NumberColumn.class::isInstance)
                    .map(NumberColumn.class::cast)
                    .toList();
        }

        private static String standard(Schema rows, List<NumberColumn> columns, TensorSpec input) {
            boolean called = columns.stream()
                    .anyMatch(column ->
                            column.name().equals(input.name()) || column.parts().contains(input.name()));
            if (called) {
                return input.name();
            } else if (rows.columns().size() == 1 && columns.size() == 1) {
                return columns.get(0).name();
            }
            throw new SettingException(
                    "columns",
                    "missing; name the columns of numbers that the input '" + input.name() + "' takes, of "
                            + described(rows));
        }

        /** The columns of rows for a message; of values with names the first ones. */
        public static List<String> described(Schema rows) {
            return rows.columns().stream()
                    .map(column -> column instanceof NumberColumn numbers
                                    && !numbers.parts().isEmpty()
                            ? "the values " + shortened(numbers.parts()) + " of " + column.name()
                            : column.describe())
                    .toList();
        }

        private static String shortened(List<String> names) {
            int most = 12;
            return String.join(", ", names.subList(0, Math.min(most, names.size())))
                    + (names.size() > most ? " and " + (names.size() - most) + " more" : "");
        }

        /** That of the only column, or of a vector. */
        public Shape shape() {
            return shape;
        }

        @Override
        public int count() {
            return shape.elements();
        }

        @Override
        public void copy(RowBatch rows, int row, float[] values) {
            int at = 0;
            for (Pick pick : picks) {
                System.arraycopy(
                        rows.numbers(pick.column()), row * pick.width() + pick.first(), values, at, pick.count());
                at += pick.count();
            }
        }
    }

    /**
     * Columns of a table as a {@link TableEncoding} of its own has them: missing numbers filled in, with indicators,
     * and categories one-hot, with a place for values that are not in the dictionary.
     */
    final class TablePicks implements RowNumbers {
        private static final long serialVersionUID = 1L;

        private final TableEncoding encoding;
        private final ArrayList<String> named;

        /** The places of the columns that are read, in the encoding. */
        private final ArrayList<Integer> numbers = new ArrayList<>();

        private final ArrayList<Integer> indicators = new ArrayList<>();
        private final ArrayList<Integer> categories = new ArrayList<>();
        private final ArrayList<Integer> unknown = new ArrayList<>();

        /** Of each category that is read, the place of each of its values among the numbers. */
        private final ArrayList<HashMap<String, Integer>> elements = new ArrayList<>();

        private final int count;

        private TablePicks(TableEncoding encoding, List<String> named) {
            this.encoding = encoding;
            this.named = new ArrayList<>(named);
            for (int i = 0; i < encoding.numbers().size(); i++) {
                if (named.contains(encoding.numbers().get(i).name())) {
                    numbers.add(i);
                    if (encoding.numbers().get(i).indicator()) {
                        indicators.add(i);
                    }
                }
            }
            int width = numbers.size() + indicators.size();
            for (int c = 0; c < encoding.categories().size(); c++) {
                TableEncoding.Category category = encoding.categories().get(c);
                if (named.contains(category.name())) {
                    categories.add(c);
                    HashMap<String, Integer> places = new HashMap<>();
                    for (String value : category.values()) {
                        places.put(value, width + 1 + places.size());
                    }
                    elements.add(places);
                    unknown.add(width + TableEncoding.UNKNOWN);
                    width += 1 + category.values().size();
                }
            }
            this.count = width;
        }

        /**
         * Columns whose rows were not looked at yet.
         *
         * @param names of single numbers and of columns of texts, which stand for one of several values each; none for
         *     all columns of a table
         * @return nothing where rows are no table and only numbers are named
         * @throws SettingException where a name stands for nothing
         */
        public static Optional<TablePicks> of(Schema rows, List<String> names) {
            List<String> texts = rows.columns().stream()
                    .filter(Column.TextColumn.class::isInstance)
                    .map(Column::name)
                    .toList();
            Optional<TableEncoding> table = rows.input().table();
            if (table.isEmpty() && names.stream().noneMatch(texts::contains)) {
                return Optional.empty();
            }
            List<String> parts = rows.columns().stream()
                    .filter(column -> column.name().equals(Schema.FEATURES))
                    .flatMap(column -> column instanceof NumberColumn numbers ? numbers.parts().stream() : Stream.of())
                    .toList();
            List<String> read = names.isEmpty() ? table.orElseThrow().columns() : names;
            for (String name : read) {
                if (!parts.contains(name) && !texts.contains(name)) {
                    throw new SettingException(
                            "columns",
                            "there is no number or text '" + name + "'; there are " + NumberPicks.described(rows));
                }
            }
            return Optional.of(new TablePicks(
                    TableEncoding.unfitted(
                            parts, texts.stream().filter(read::contains).toList()),
                    read));
        }

        /** Whether a column is read. */
        public boolean reads(String column) {
            return named.contains(column);
        }

        /** What is to be fitted. */
        public TableInput unfitted() {
            return new TableInput(encoding, false);
        }

        /** The same columns, fitted. */
        public TablePicks with(TableInput fitted) {
            return new TablePicks(fitted.encoding(), named);
        }

        /** How the columns were fitted. */
        public TableEncoding encoding() {
            return encoding;
        }

        @Override
        public int count() {
            return count;
        }

        @Override
        public void copy(RowBatch rows, int row, float[] values) {
            Arrays.fill(values, 0, count, 0);
            int at = 0;
            if (!numbers.isEmpty()) {
                float[] all = rows.numbers(Schema.FEATURES);
                int first = row * encoding.numbers().size();
                for (int i : numbers) {
                    float number = all[first + i];
                    values[at++] = Float.isNaN(number)
                            ? (float) encoding.numbers().get(i).mean()
                            : number;
                }
                for (int i : indicators) {
                    values[at++] = Float.isNaN(all[first + i]) ? 1 : 0;
                }
            }
            for (int c = 0; c < categories.size(); c++) {
                Map<String, Integer> places = elements.get(c);
                String text =
                        rows.text(encoding.categories().get(categories.get(c)).name(), row);
                values[places.getOrDefault(text, unknown.get(c))] = 1;
            }
        }
    }
}
