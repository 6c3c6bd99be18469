package io.retort.data.source.parquet;

import org.apache.parquet.schema.GroupType;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.DateLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.JsonLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.MapLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.StringLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimeLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimestampLogicalTypeAnnotation;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type;

/** What to do about a column that cannot be read, by its type. */
final class ParquetRemedy {
    private ParquetRemedy() {}

    /** To follow the message about the column; empty where there is nothing to advise. */
    static String of(Type column) {
        if (ParquetNumber.is(column)) {
            return "; put the columns of numbers into one array column, in Spark with array(a, b, ...), or write CSV,"
                    + " whose features is a list of columns";
        }
        Type values = column;
        int lists = 0;
        while (!values.isPrimitive()) {
            GroupType group = values.asGroupType();
            if (group.getLogicalTypeAnnotation() instanceof MapLogicalTypeAnnotation) {
                return "; write its values as an array, in the same order in each row";
            } else if (group.containsField("bytes") && group.containsField("path")) {
                return "; decode the picture files in its bytes, and write their raw values, one byte each, as binary";
            } else if (group.getFieldCount() != 1) {
                return "; write its fields as one array";
            }
            values = group.getType(0);
            lists += values.isRepetition(Type.Repetition.REPEATED) ? 1 : 0;
        }
        if (lists > 1) {
            return "; flatten it to a list of numbers (in Spark with flatten), and let shape say what they make up";
        }
        return ofValues(values);
    }

    private static String ofValues(Type values) {
        LogicalTypeAnnotation logical = values.getLogicalTypeAnnotation();
        if (logical instanceof DateLogicalTypeAnnotation
                || logical instanceof TimeLogicalTypeAnnotation
                || logical instanceof TimestampLogicalTypeAnnotation
                || values.asPrimitiveType().getPrimitiveTypeName() == PrimitiveTypeName.INT96) {
            return "; turn times into numbers, such as the days since a date or the hour of a day";
        } else if (logical instanceof StringLogicalTypeAnnotation || logical instanceof JsonLogicalTypeAnnotation) {
            return "; turn the text into an array of numbers, in Spark with cast or from_json";
        } else if (values.asPrimitiveType().getPrimitiveTypeName() == PrimitiveTypeName.BOOLEAN) {
            return "; cast it to an integer";
        }
        return "; cast it to numbers";
    }
}
