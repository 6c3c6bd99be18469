package io.retort.data;

import io.retort.storage.Digest;
import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The content of one shard as it came: ids, labels and columns, in a fixed order. It takes its arrays over without a
 * copy; they are read only.
 *
 * @param ids one for each row, unique in the data set
 * @param values one for each column
 */
@SuppressWarnings("ArrayRecordComponent") // columns of thousands of rows, compared by key and never by equals
public record Rows(List<Column> columns, long[] ids, Labels labels, List<Values> values) implements Serializable {
    /** The values of a column. */
    public sealed interface Values extends Serializable {
        int rows();

        Values rows(int... indices);
    }

    /**
     * A column of numbers.
     *
     * @param stored the elements of all rows, one row after the other, so many bytes each
     */
    public record NumberValues(byte[] stored, int bytesEach) implements Values {
        @Override
        public int rows() {
            return stored.length / bytesEach;
        }

        @Override
        public NumberValues rows(int... indices) {
            byte[] some = new byte[indices.length * bytesEach];
            for (int i = 0; i < indices.length; i++) {
                System.arraycopy(stored, indices[i] * bytesEach, some, i * bytesEach, bytesEach);
            }
            return new NumberValues(some, bytesEach);
        }
    }

    /**
     * A column of texts.
     *
     * @param texts null of a row that has none
     */
    public record TextValues(String[] texts) implements Values {
        @Override
        public int rows() {
            return texts.length;
        }

        @Override
        public TextValues rows(int... indices) {
            return new TextValues(IntStream.of(indices).mapToObj(i -> texts[i]).toArray(String[]::new));
        }
    }

    public Rows {
        columns = List.copyOf(columns);
        values = List.copyOf(values);
        int count = ids.length;
        if (labels.rows() != count
                || values.size() != columns.size()
                || values.stream().anyMatch(column -> column.rows() != count)) {
            throw new IllegalArgumentException(
                    count + " ids need as many labels and values in each of " + columns.size()
                            + " columns, got " + labels.rows() + " labels and "
                            + values.stream().map(Values::rows).toList() + " values");
        }
    }

    public int count() {
        return ids.length;
    }

    /** The place of a column by its name. */
    public static int place(List<Column> columns, String name) {
        for (int i = 0; i < columns.size(); i++) {
            if (columns.get(i).name().equals(name)) {
                return i;
            }
        }
        throw new IllegalArgumentException("the rows have no column " + name + "; theirs are "
                + columns.stream().map(Column::describe).toList());
    }

    /** The stored elements of a column of numbers. */
    public byte[] numbers(String column) {
        return ((NumberValues) values.get(place(columns, column))).stored();
    }

    /** A column of texts; null of a row that has none. */
    public String[] texts(String column) {
        return ((TextValues) values.get(place(columns, column))).texts();
    }

    /** A copy of some rows, in the given order. */
    public Rows rows(int... indices) {
        return new Rows(
                columns,
                IntStream.of(indices).mapToLong(i -> ids[i]).toArray(),
                labels.rows(indices),
                values.stream().map(column -> column.rows(indices)).toList());
    }

    /** A copy of all rows of several shards of one data set, one after the other. */
    public static Rows joined(List<Rows> parts) {
        List<Column> columns = parts.get(0).columns();
        return new Rows(
                columns,
                parts.stream().flatMapToLong(part -> Arrays.stream(part.ids)).toArray(),
                Labels.joined(parts.stream().map(Rows::labels).toList()),
                IntStream.range(0, columns.size())
                        .mapToObj(i -> joinedValues(
                                parts.stream().map(part -> part.values.get(i)).toList()))
                        .toList());
    }

    private static Values joinedValues(List<Values> parts) {
        if (parts.get(0) instanceof TextValues) {
            return new TextValues(parts.stream()
                    .flatMap(part -> Arrays.stream(((TextValues) part).texts()))
                    .toArray(String[]::new));
        }
        List<NumberValues> numbers =
                parts.stream().map(part -> (NumberValues) part).toList();
        byte[] whole =
                new byte[numbers.stream().mapToInt(part -> part.stored().length).sum()];
        int at = 0;
        for (NumberValues part : numbers) {
            System.arraycopy(part.stored(), 0, whole, at, part.stored().length);
            at += part.stored().length;
        }
        return new NumberValues(whole, numbers.get(0).bytesEach());
    }

    /** The digest of everything in it: the shard's key. */
    public String key() {
        Digest digest = new Digest().add("shard/3").add(columns.size());
        digest.addAll(columns).add(ids).add(labels.width()).add(labels.values());
        for (Values column : values) {
            if (column instanceof TextValues texts) {
                for (String text : texts.texts()) {
                    digest.add(text == null ? 0 : 1).add(text == null ? "" : text);
                }
            } else {
                digest.add(((NumberValues) column).stored());
            }
        }
        return digest.key();
    }
}
