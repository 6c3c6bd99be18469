package io.retort.data.source.frame;

import io.retort.data.Rows;
import io.retort.data.RowsBuilder;
import io.retort.data.source.frame.FrameValues.BadRowException;
import io.retort.storage.ArtifactException;
import java.io.Serializable;
import java.util.Iterator;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.unsafe.types.UTF8String;

/**
 * Rows of Spark as ours, on executors: in groups of neighbours, none of which spans two files, and each group in pieces.
 *
 * <p>A row of Spark has these columns: the file, or null; the row's place in its file or its id; its group; whether
 * Spark could not read it; and then the {@linkplain FrameValues values}.
 */
public final class FrameRows {
    private static final int FILE = 0;
    /** Where the key is. */
    public static final int KEY = 1;

    private static final int GROUP = 2;
    private static final int IS_CORRUPT = 3;
    /** Where the first value is. */
    public static final int VALUES = 4;

    /**
     * What all rows have in common.
     *
     * @param origin for messages
     * @param key the column of ids that rows are sorted by; empty where the key is a row's place in its file
     * @param values what the columns behind these hold
     */
    public record Layout(String origin, String key, FrameValues.Columns values, boolean dropsBadRows)
            implements Serializable {}

    private final Iterator<InternalRow> rows;
    private final Layout layout;
    private final FrameValues values;
    private final Function<InternalRow, String> places;
    private Optional<InternalRow> current = Optional.empty();
    private boolean hasEarlier;
    private int group;
    private Optional<UTF8String> file = Optional.empty();
    private long earlier;
    private long dropped;
    private long read;
    private Optional<String> rounded = Optional.empty();

    public FrameRows(Iterator<InternalRow> rows, Layout layout) {
        this(
                rows,
                layout,
                row -> layout.key().isEmpty()
                        ? row.getUTF8String(FILE) + " row " + row.getLong(KEY)
                        : layout.origin() + " " + layout.key() + " " + row.getLong(KEY));
    }

    /** @param places where the row is that was read last, for messages */
    public FrameRows(Iterator<InternalRow> rows, Layout layout, Function<InternalRow, String> places) {
        this.rows = rows;
        this.layout = layout;
        this.values = new FrameValues(layout.values(), VALUES);
        this.places = places;
    }

    /** A row of a file without its values, whose key is to come. */
    public static Object[] before(String file) {
        return new Object[] {UTF8String.fromString(file), 0L, 0, false};
    }

    /** The length of the first list in a column; nothing where there is none. */
    public static Optional<Integer> firstLength(Iterator<InternalRow> rows, int at, DataType type) {
        Optional<Integer> length = Optional.empty();
        while (length.isEmpty() && rows.hasNext()) {
            length = FrameNumbers.length(rows.next(), at, type);
        }
        return length;
    }

    /**
     * Goes through the first values of rows, numbers or texts, so many at most, as they are written; empty of null.
     *
     * @return how many there were
     */
    public static long forEachWritten(Iterator<InternalRow> rows, DataType type, long most, Consumer<String> onValue) {
        long count = 0;
        for (; count < most && rows.hasNext(); count++) {
            onValue.accept(FrameValues.written(rows.next(), VALUES, type));
        }
        return count;
    }

    /** Nothing is read before it is asked for. */
    public boolean hasNext() {
        if (current.isEmpty() && rows.hasNext()) {
            current = Optional.of(rows.next());
        }
        return current.isPresent();
    }

    /** The file of the next row. */
    public String file() {
        return current.orElseThrow().getUTF8String(FILE).toString();
    }

    /** The group of the next row. */
    public int group() {
        return current.orElseThrow().getInt(GROUP);
    }

    /** The id of the next row, or its place in its file. */
    public long key() {
        return current.orElseThrow().getLong(KEY);
    }

    /** Bad rows so far. */
    public long dropped() {
        return dropped;
    }

    /** Rows so far that were good. */
    public long read() {
        return read;
    }

    /** The first whole number so far that a 32-bit float does not hold, with its place. */
    public Optional<String> rounded() {
        return rounded;
    }

    /**
     * The rows of the next row's group.
     *
     * @param firstId of the file, where rows have places
     * @param most rows in all
     */
    public Iterator<Rows> pieces(long firstId, int size, long most) {
        begin();
        long end = read > Long.MAX_VALUE - most ? Long.MAX_VALUE : read + most;
        return new Ahead<>(() -> some(piece(firstId, (int) Math.min(size, end - read))));
    }

    /** Nothing where there are no rows. */
    public static Optional<Rows> some(Rows rows) {
        return rows.count() == 0 ? Optional.empty() : Optional.of(rows);
    }

    /** The next rows of the next row's group, so many at most. */
    public Rows next(long firstId, int most) {
        if (hasNext()) {
            begin();
        }
        return piece(firstId, most);
    }

    /** Begins the next row's group. Places are counted anew in each file. */
    private void begin() {
        group = group();
        if (!isOfFile()) {
            file = nextFile().map(UTF8String::copy);
            hasEarlier = false;
        }
    }

    private boolean isOfFile() {
        return nextFile().equals(file);
    }

    private Optional<UTF8String> nextFile() {
        return Optional.ofNullable(current.orElseThrow().getUTF8String(FILE));
    }

    private Rows piece(long firstId, int size) {
        RowsBuilder gathered = new RowsBuilder(layout.values().schema(), size);
        while (!gathered.isFull() && hasNext() && group() == group && isOfFile()) {
            InternalRow row = current.orElseThrow();
            long key = requireOrder(row);
            try {
                if (row.getBoolean(IS_CORRUPT)) {
                    throw new BadRowException("cannot be read");
                }
                values.read(row);
                values.put(gathered, firstId + key);
                read++;
                if (rounded.isEmpty()) {
                    rounded = values.rounded().map(value -> place(row) + value);
                }
            } catch (BadRowException e) {
                if (!layout.dropsBadRows()) {
                    throw new ArtifactException(place(row) + e.getMessage());
                }
                dropped++;
            }
            current = Optional.empty();
        }
        return gathered.rows();
    }

    /** Keys come in order, each once. */
    private long requireOrder(InternalRow row) {
        long key = row.getLong(KEY);
        if (hasEarlier && key == earlier) {
            throw new ArtifactException(
                    layout.key().isEmpty()
                            ? place(row)
                                    + "select makes several rows of one, as explode does; name an id that tells them"
                                    + " apart"
                            : layout.origin() + " column " + layout.key() + ": the id " + key
                                    + " is that of several rows; ids must be unique");
        }
        hasEarlier = true;
        earlier = key;
        return key;
    }

    private String place(InternalRow row) {
        return places.apply(row) + " ";
    }
}
