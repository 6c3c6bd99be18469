package io.retort.data.source;

import io.retort.data.Column;
import io.retort.data.Column.NumberColumn;
import io.retort.data.DataType;
import io.retort.data.InputEncoder;
import io.retort.data.LabelColumns;
import io.retort.data.LabelValues;
import io.retort.data.Numbers;
import io.retort.data.Rows;
import io.retort.data.RowsBuilder;
import io.retort.data.Schema;
import io.retort.data.encode.TableInput;
import io.retort.data.source.file.CsvFile;
import io.retort.data.source.file.SourceFiles;
import io.retort.data.source.file.Split;
import io.retort.storage.Storage;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * CSV files with a header, UTF-8, plain or gzipped: columns of numbers or a column of texts, and perhaps a label
 * column, an id column and further ones.
 */
public final class CsvReader implements Reader {
    private static final long serialVersionUID = 1L;

    private static final int MAX_NUMBER_CHARACTERS = 1 << 12;

    /** A text may be in quotes and have many lines. The parser sets aside as much for each file that is open. */
    private static final int MAX_TEXT_CHARACTERS = 1 << 24;

    /** The columns that networks read, out of columns of the file. */
    interface Main extends Serializable {
        InputEncoder input(Storage storage, String file, List<String> header);

        /** Whether it reads texts, which may be long. */
        default boolean hasTexts() {
            return true;
        }

        /** The part of a date that a feature is. */
        default Optional<DatePart> part(String feature) {
            return Optional.empty();
        }

        /** The columns of rows that it reads. */
        default List<Column> columns(InputEncoder input) {
            if (input instanceof TableInput table) {
                return table.rowColumns();
            }
            return input instanceof InputEncoder.Numbers numbers
                    ? List.of(numbers.of())
                    : input.columns().stream()
                            .<Column>map(Column.TextColumn::new)
                            .toList();
        }
    }

    /**
     * Where things are.
     *
     * @param id none or one
     * @param missing how a missing number is written
     */
    record Layout(
            List<String> paths,
            LabelColumns labels,
            List<String> id,
            List<Column> further,
            List<String> missing,
            char delimiter)
            implements Serializable {}

    private final Layout layout;
    private final Main main;

    CsvReader(Layout layout, Main main) {
        this.layout = layout;
        this.main = main;
    }

    @Override
    public List<Split> splits(Storage storage) {
        return SourceFiles.splits(SourceFiles.find(storage, layout.paths()));
    }

    @Override
    public List<String> header(Storage storage, Split split) {
        try (CsvFile file = open(storage, split)) {
            return file.header();
        }
    }

    @Override
    public Schema schema(Storage storage, List<Split> splits) {
        String file = splits.get(0).files().get(0).name();
        InputEncoder input = main.input(storage, file, header(storage, splits.get(0)));
        List<Column> columns = new ArrayList<>(main.columns(input));
        columns.addAll(layout.further());
        Schema schema = new Schema(columns, layout.labels().target(), input);
        open(storage, splits.get(0), schema).close(); // refuses columns that are not there
        return schema;
    }

    @Override
    public RowStream open(Storage storage, Split split, Schema schema) {
        CsvFile file = open(storage, split);
        try {
            return new CsvRows(file, split, schema);
        } catch (RuntimeException e) {
            file.close();
            throw e;
        }
    }

    @Override
    public List<String> labels(Storage storage, Split split, int most) {
        Optional<String> column = layout.labels().classColumn();
        if (column.isEmpty()) {
            return List.of();
        }
        try (CsvFile file = open(storage, split)) {
            return file.texts(file.column("label", column.get()), most);
        }
    }

    /** The rows, whose values are not looked at. */
    @Override
    public long count(Storage storage, Split split, Schema schema) {
        try (CsvFile file = open(storage, split)) {
            return file.remaining();
        }
    }

    /**
     * Goes through one column of a split, and looks at no other.
     *
     * @param most rows at most
     * @return how many there were
     */
    public long texts(Storage storage, Split split, String column, long most, Consumer<String> onText) {
        try (CsvFile file = open(storage, split)) {
            int place = file.column("text", column);
            long rows = 0;
            while (rows < most && file.next()) {
                onText.accept(file.text(place));
                rows++;
            }
            return rows;
        }
    }

    private CsvFile open(Storage storage, Split split) {
        boolean hasTexts = main.hasTexts() || layout.further().stream().anyMatch(Column.TextColumn.class::isInstance);
        return new CsvFile(
                storage,
                split.files().get(0).path(),
                layout.delimiter(),
                hasTexts ? MAX_TEXT_CHARACTERS : MAX_NUMBER_CHARACTERS);
    }

    private final class CsvRows implements RowStream {
        private static final int NO_COLUMN = -1;

        private final CsvFile file;
        private final Schema schema;
        private final List<Column> columns;
        /** By column of the rows: its columns in the file. */
        private final int[][] places;

        private final List<List<Optional<DatePart>>> parts;
        private final Map<String, DateParser> dates = new HashMap<>();

        private final float[][] values;
        private final LabelValues labelValues;
        private final int[] labels;
        private final float[] label;
        private final int id;
        private long nextId;
        private Optional<String> rounded = Optional.empty();

        CsvRows(CsvFile file, Split split, Schema schema) {
            this.file = file;
            this.schema = schema;
            this.columns = schema.columns();
            this.places = columns.stream().map(this::places).toArray(int[][]::new);
            this.parts = columns.stream().map(this::parts).toList();
            this.values =
                    Arrays.stream(places).map(own -> new float[own.length]).toArray(float[][]::new);
            this.labelValues = LabelValues.of(schema.target());
            this.labels = layout.labels().columns().stream()
                    .mapToInt(name -> file.column("label", name))
                    .toArray();
            this.label = new float[schema.target().labelWidth()];
            Arrays.fill(label, Float.NaN);
            this.id = place("id", layout.id());
            this.nextId = split.firstId();
        }

        private int[] places(Column column) {
            if (column instanceof NumberColumn numbers && !numbers.parts().isEmpty()) {
                return numbers.parts().stream()
                        .mapToInt(name -> main.part(name)
                                .map(part -> file.column("date", part.column()))
                                .orElseGet(() -> file.column("feature", name)))
                        .toArray();
            }
            return new int[] {file.column(column instanceof NumberColumn ? "numbers" : "text", column.name())};
        }

        private List<Optional<DatePart>> parts(Column column) {
            return column instanceof NumberColumn numbers && !numbers.parts().isEmpty()
                    ? numbers.parts().stream().map(main::part).toList()
                    : List.of(Optional.empty());
        }

        private int place(String role, List<String> named) {
            return named.isEmpty() ? NO_COLUMN : file.column(role, named.get(0));
        }

        @Override
        public Rows read(int most) {
            RowsBuilder rows = new RowsBuilder(schema, most);
            while (!rows.isFull() && file.next()) {
                readLabel();
                for (int i = 0; i < places.length; i++) {
                    if (columns.get(i) instanceof NumberColumn numbers) {
                        readNumbers(numbers, places[i], parts.get(i), values[i]);
                        rows.put(i, values[i]);
                    } else {
                        rows.put(i, file.text(places[i][0]));
                    }
                }
                rows.end(id == NO_COLUMN ? nextId++ : file.id(id), label);
            }
            return rows.rows();
        }

        private void readNumbers(NumberColumn column, int[] from, List<Optional<DatePart>> made, float[] into) {
            for (int i = 0; i < from.length; i++) {
                String text = file.text(from[i]);
                if (mayLack(column) && layout.missing().contains(text)) {
                    into[i] = Float.NaN;
                    continue;
                }
                if (made.get(i).isPresent()) {
                    into[i] = (float) ofDate(made.get(i).get(), from[i], text);
                    continue;
                }
                double number = Numbers.parse(text);
                into[i] = (float) number;
                if (!column.element().admits(into[i])) {
                    throw file.refuse(from[i], column.element().allowed(), remedy(column, text));
                }
                if (rounded.isEmpty() && Numbers.losesDigits(text, number)) {
                    rounded = Optional.of(file.place(from[i]) + text);
                }
            }
        }

        private double ofDate(DatePart part, int from, String text) {
            DateParser parser =
                    dates.computeIfAbsent(part.column(), column -> new DateParser(part.format(), part.zone()));
            return part.of(parser.parse(text)
                    .orElseThrow(() -> file.refuse(
                            from,
                            parser.allowed(),
                            text.isBlank()
                                    ? "; where dates may be missing, set missing = [\"" + text + "\"]"
                                    : "; dates say their format, such as dd.MM.yyyy")));
        }

        /** Whether a number of a column may be missing: of the features, where the settings say how it is written. */
        private boolean mayLack(NumberColumn column) {
            return column.name().equals(Schema.FEATURES) && !layout.missing().isEmpty();
        }

        private static String remedy(NumberColumn column, String text) {
            if (column.element() != DataType.FLOAT32
                    || !column.name().equals(Schema.FEATURES)
                    || !Double.isNaN(Numbers.parse(text))) {
                return "";
            }
            return text.isBlank()
                    ? "; where numbers may be missing, set missing = [\"" + text + "\"]"
                    : "; name a column of categories in categories";
        }

        /** The label of the row where the file is; not-a-number where it has none. */
        private void readLabel() {
            int missing = -1;
            int present = -1;
            for (int i = 0; i < labels.length; i++) {
                String text = file.text(labels[i]);
                if (labelValues.isAbsent(text)) {
                    missing = i;
                    label[i] = Float.NaN;
                } else {
                    present = i;
                    label[i] = labelValues.value(text);
                    if (Float.isNaN(label[i])) {
                        throw file.refuse(labels[i], labelValues.allowed(), labelValues.remedy(text));
                    }
                }
            }
            if (missing >= 0 && present >= 0) {
                throw file.refuse(
                        labels[missing],
                        labelValues.allowed(),
                        ", but the row has a value in "
                                + layout.labels().columns().get(present)
                                + "; give it all values of its label, or none");
            }
        }

        @Override
        public Optional<String> rounded() {
            return rounded;
        }

        @Override
        public void close() {
            file.close();
        }
    }
}
