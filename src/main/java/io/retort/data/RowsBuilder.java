package io.retort.data;

import io.retort.data.Column.NumberColumn;
import java.util.Arrays;
import java.util.List;

/** Gathers at most a given number of rows. Whoever adds to it has checked the values. */
public final class RowsBuilder {
    private final List<Column> columns;
    private final long[] ids;
    private final float[] labels;
    private final int labelWidth;
    /** By column: of texts null. */
    private final byte[][] numbers;
    /** By column: of numbers null. */
    private final String[][] texts;

    private int count;

    public RowsBuilder(Schema schema, int most) {
        this.columns = schema.columns();
        this.labelWidth = schema.target().labelWidth();
        ids = new long[most];
        labels = new float[most * labelWidth];
        numbers = new byte[columns.size()][];
        texts = new String[columns.size()][];
        for (int i = 0; i < columns.size(); i++) {
            if (columns.get(i) instanceof NumberColumn column) {
                numbers[i] = new byte[Math.multiplyExact(most, column.bytes())];
            } else {
                texts[i] = new String[most];
            }
        }
    }

    public boolean isFull() {
        return count == ids.length;
    }

    /** The numbers of the row that is being gathered in a column. */
    public void put(int column, float[] values) {
        NumberColumn type = (NumberColumn) columns.get(column);
        type.element().encode(values, 0, numbers[column], count * type.bytes(), values.length);
    }

    /** The text of the row that is being gathered in a column. */
    public void put(int column, String text) {
        texts[column][count] = text;
    }

    /**
     * Ends the row.
     *
     * @param label its values, not-a-number where it has none
     */
    public void end(long id, float[] label) {
        ids[count] = id;
        System.arraycopy(label, 0, labels, count * labelWidth, labelWidth);
        count++;
    }

    public Rows rows() {
        Rows.Values[] values = new Rows.Values[columns.size()];
        for (int i = 0; i < values.length; i++) {
            if (columns.get(i) instanceof NumberColumn column) {
                values[i] = new Rows.NumberValues(
                        isFull() ? numbers[i] : Arrays.copyOf(numbers[i], count * column.bytes()), column.bytes());
            } else {
                values[i] = new Rows.TextValues(isFull() ? texts[i] : Arrays.copyOf(texts[i], count));
            }
        }
        return new Rows(
                columns,
                Arrays.copyOf(ids, count),
                new Labels(Arrays.copyOf(labels, count * labelWidth), labelWidth),
                List.of(values));
    }
}
