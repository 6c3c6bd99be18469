package io.retort.data.encode;

import io.retort.config.SettingException;
import io.retort.data.Column.NumberColumn;
import io.retort.data.Schema;
import io.retort.network.Shape;
import io.retort.predict.RowBatch;
import io.retort.predict.TensorSpec;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/** The numbers of a row that a model reads: whole columns, or single values of columns whose values have names. */
public final class NumberPicks implements RowNumbers {
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
     * @param names of columns of numbers, or of single values; none for what is called as the model's input, or else
     *     the only column of the rows
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
                            "columns", "there is no column of numbers '" + name + "'; there are " + described(rows)));
            int width = column.shape().elements();
            boolean whole = column.name().equals(name);
            shape = whole ? column.shape() : Shape.vector(1);
            picks.add(new Pick(column.name(), width, whole ? 0 : column.parts().indexOf(name), whole ? width : 1));
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
            System.arraycopy(rows.numbers(pick.column()), row * pick.width() + pick.first(), values, at, pick.count());
            at += pick.count();
        }
    }
}
