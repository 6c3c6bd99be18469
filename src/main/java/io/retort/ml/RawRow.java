package io.retort.ml;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.unwrap_udt;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.SQLUserDefinedType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.sql.types.UserDefinedType;

/**
 * A row of a DataFrame as Spark stores it. A function of rows that gets them in this form reads what it needs, and the
 * other columns pass through it as bytes; otherwise Spark makes an object of each value, of each element of an array, too,
 * and the bytes anew afterwards.
 *
 * <p>Public because the code that Spark generates names it; it is not for callers.
 *
 * @param values as Spark stores them
 */
@SQLUserDefinedType(udt = RawRow.Type.class)
public record RawRow(InternalRow values) {
    private static final String ROW = "row";

    /**
     * Lazily: what a function gives for the rows of each partition.
     *
     * @param function takes rows of one {@link RawRow}, and gives rows of one, with the values of {@code added} behind it
     * @param added behind the columns of the DataFrame
     */
    static Dataset<Row> mapped(Dataset<?> rows, MapPartitionsFunction<Row, Row> function, List<StructField> added) {
        StructField[] fields = rows.schema().fields();
        StructType raw = new StructType().add(ROW, new Type(numbered(List.of(fields))), false);
        StructType whole = raw;
        for (StructField field : numbered(added).fields()) {
            whole = whole.add(field);
        }
        List<Column> columns = new ArrayList<>();
        for (int i = 0; i < fields.length; i++) {
            columns.add(named(unwrap_udt(col(ROW)).getField(name(i)), fields[i]));
        }
        for (int i = 0; i < added.size(); i++) {
            columns.add(named(col(name(i)), added.get(i)));
        }
        // By number, for names may be there twice or have dots.
        String[] names =
                IntStream.range(0, fields.length).mapToObj(RawRow::name).toArray(String[]::new);
        Column[] all =
                IntStream.range(0, fields.length).mapToObj(i -> col(name(i))).toArray(Column[]::new);
        return rows.toDF(names)
                .select(struct(all).as(ROW))
                .as(Encoders.row(raw))
                .mapPartitions(function, Encoders.row(whole))
                .select(columns.toArray(Column[]::new));
    }

    private static StructType numbered(List<StructField> fields) {
        StructType numbered = new StructType();
        for (int i = 0; i < fields.size(); i++) {
            numbered = numbered.add(
                    name(i), fields.get(i).dataType(), fields.get(i).nullable());
        }
        return numbered;
    }

    private static String name(int column) {
        return "c" + column;
    }

    private static Column named(Column column, StructField field) {
        return column.as(field.name(), field.metadata());
    }

    /** Its type in Spark SQL, which is that of the row: nothing is converted. */
    public static final class Type extends UserDefinedType<RawRow> {
        private static final long serialVersionUID = 1L;

        private final StructType row;

        /** Spark converts values by an instance without a type. */
        public Type() {
            this(new StructType());
        }

        Type(StructType row) {
            this.row = row;
        }

        @Override
        public DataType sqlType() {
            return row;
        }

        @Override
        public InternalRow serialize(RawRow row) {
            return row.values();
        }

        /** A copy, for Spark uses the memory again for the next row. */
        @Override
        public RawRow deserialize(Object datum) {
            return new RawRow(((InternalRow) datum).copy());
        }

        @Override
        public Class<RawRow> userClass() {
            return RawRow.class;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Type type && row.equals(type.row);
        }

        @Override
        public int hashCode() {
            return row.hashCode();
        }
    }
}
