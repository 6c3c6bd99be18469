package io.retort.data.source.frame;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Rows of Spark that are ready to be read.
 *
 * @param rows with all columns that are needed, and those that say where a row is
 * @param file of a row, or null
 * @param key its place in the file, or its id
 */
public record Frame(Dataset<Row> rows, Column file, Column key, List<Column> values, FrameRows.Layout layout) {
    /** The column where Spark puts a CSV or JSON row that cannot be read. */
    public static final String CORRUPT = "__retort_corrupt";

    public Frame {
        values = List.copyOf(values);
    }

    /**
     * The rows as {@link FrameRows} takes them.
     *
     * @param group of the row
     */
    public Dataset<Row> projected(Column group) {
        Column isCorrupt = hasCorrupt(rows) ? col(CORRUPT).isNotNull() : lit(false);
        List<Column> all = new ArrayList<>(
                List.of(file.as("file"), key.as("key"), group.cast("int").as("group"), isCorrupt.as("isCorrupt")));
        all.addAll(values);
        return rows.select(all.toArray(Column[]::new));
    }

    /** The first rows in some order, so many at most. */
    public Frame first(long most, Column... order) {
        return new Frame(rows.orderBy(order).limit((int) Math.min(most, Integer.MAX_VALUE)), file, key, values, layout);
    }

    /** Without rows that Spark could not read. */
    public static Dataset<Row> readable(Dataset<Row> rows) {
        return hasCorrupt(rows) ? rows.where(col(CORRUPT).isNull()) : rows;
    }

    private static boolean hasCorrupt(Dataset<Row> rows) {
        return List.of(rows.columns()).contains(CORRUPT);
    }
}
