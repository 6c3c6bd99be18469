package io.retort.predict;

/** Rows that a model is asked about together. They are valid for one call, and read by one thread. */
public interface RowBatch {
    /** How many rows there are. */
    int size();

    /** The id of a row, for messages; its place where rows have none. */
    default long id(int row) {
        return row;
    }

    /** Whether a row has a label, shown to those that learn or not. */
    default boolean hasLabel(int row) {
        return false;
    }

    /**
     * What the run's own networks take.
     *
     * @return {@code [size, elements]}, unscaled, one row after the other; it may be longer. It is read only
     */
    float[] input();

    /**
     * A column of numbers.
     *
     * @return {@code [size, elements of the column]}, one row after the other; it may be longer. It is read only
     */
    float[] numbers(String column);

    /** The text of a row in a column of texts; empty where the row has none. */
    String text(String column, int row);

    /** Rows of nothing but what the run's own networks take; every column of numbers is that. */
    static RowBatch of(float[] input, int size) {
        return new RowBatch() {
            @Override
            public int size() {
                return size;
            }

            @Override
            public float[] input() {
                return input;
            }

            @Override
            public float[] numbers(String column) {
                return input;
            }

            @Override
            public String text(String column, int row) {
                throw new IllegalArgumentException("there is no column of texts " + column);
            }
        };
    }
}
