package io.retort.data.source;

import io.retort.data.ClassNames;
import io.retort.data.Column;
import io.retort.data.Column.NumberColumn;
import io.retort.data.InputEncoder;
import io.retort.data.LabelColumns;
import io.retort.data.Schema;
import io.retort.data.encode.TableInput;
import io.retort.data.source.DateColumn.DateParser;
import io.retort.data.source.DateColumn.DatePart;
import io.retort.data.source.Reader.RowStream;
import io.retort.data.source.file.CsvFile;
import io.retort.data.source.file.SourceFiles;
import io.retort.data.source.file.SourceFiles.Split;
import io.retort.data.source.frame.FrameRows;
import io.retort.data.source.frame.FrameValues;
import io.retort.storage.Storage;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;

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
            Cells cells = new Cells(file, schema);
            return RowStream.of(
                    new FrameRows(cells, cells.layout(schema), row -> file.place()), split.firstId(), file::close);
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

    @Override
    public long classes(Storage storage, Split split, Schema schema, long most, IntConsumer onClass) {
        ClassNames classes = ClassNames.of(schema);
        String column = layout.labels().classColumn().orElseThrow();
        return texts(storage, split, column, most, label -> onClass.accept(classes.index(label)));
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

    /** The rows of a file as Spark's, of which each value is a text; of the part of a date it is a number. */
    private final class Cells implements Iterator<InternalRow> {
        private final CsvFile file;
        private final List<String> features;
        private final List<Optional<DatePart>> parts;
        private final Map<String, DateParser> dates = new HashMap<>();
        /** Of each value in the file. */
        private final int[] places;

        private final Object[] cells;
        private final InternalRow row;
        private long count;
        private boolean isAhead;

        Cells(CsvFile file, Schema schema) {
            this.file = file;
            this.features = schema.columns().get(0) instanceof NumberColumn numbers ? numbers.parts() : List.of();
            this.parts = features.stream().map(main::part).toList();
            IntStream ofFeatures = features.stream()
                    .mapToInt(name -> main.part(name)
                            .map(part -> file.column("date", part.column()))
                            .orElseGet(() -> file.column("feature", name)));
            IntStream ofLabels = layout.labels().columns().stream().mapToInt(name -> file.column("label", name));
            IntStream ofOthers = schema.columns().stream()
                    .skip(features.isEmpty() ? 0 : 1)
                    .mapToInt(
                            column -> file.column(column instanceof NumberColumn ? "numbers" : "text", column.name()));
            IntStream ofIds = layout.id().stream().mapToInt(name -> file.column("id", name));
            this.places = Stream.of(ofFeatures, ofLabels, ofOthers, ofIds)
                    .flatMapToInt(all -> all)
                    .toArray();
            this.cells = new Object[FrameRows.VALUES + places.length];
            this.row = new GenericInternalRow(cells);
            System.arraycopy(FrameRows.before(""), 0, cells, 0, FrameRows.VALUES);
        }

        FrameRows.Layout layout(Schema schema) {
            List<DataType> types = IntStream.range(0, places.length)
                    .mapToObj(i ->
                            i < parts.size() && parts.get(i).isPresent() ? DataTypes.DoubleType : DataTypes.StringType)
                    .toList();
            FrameValues.Columns values = new FrameValues.Columns(
                    schema,
                    features,
                    layout.labels(),
                    layout.id().stream().findFirst().orElse(""),
                    types,
                    null,
                    !layout.missing().isEmpty());
            return new FrameRows.Layout("", "", values, false);
        }

        @Override
        public boolean hasNext() {
            isAhead = isAhead || file.next();
            return isAhead;
        }

        @Override
        public InternalRow next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            isAhead = false;
            row.setLong(FrameRows.KEY, count++);
            for (int i = 0; i < places.length; i++) {
                cells[FrameRows.VALUES + i] = cell(i, file.text(places[i]));
            }
            return row;
        }

        private Object cell(int value, String text) {
            if (value >= features.size()) {
                return text;
            } else if (layout.missing().contains(text)) {
                return null;
            }
            return parts.get(value).isPresent()
                    ? (Object) ofDate(parts.get(value).get(), places[value], text)
                    : text;
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
    }
}
