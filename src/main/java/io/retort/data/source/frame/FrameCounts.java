package io.retort.data.source.frame;

import static org.apache.spark.sql.functions.col;

import io.retort.data.ClassNames;
import io.retort.data.encode.Tokens;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;

/** How often values occur in a DataFrame, counted exactly by a shuffle; the driver receives only some of the counts. */
public final class FrameCounts {
    private static final String VALUE = "value";
    private static final String COUNT = "count";

    /** Different labels whose rows are counted: of more, most are no classes. */
    private static final int MOST_LABELS = 100_000;

    private FrameCounts() {}

    /** The most frequent tokens of texts, equally frequent ones in the order of their characters in UTF-16, as Java has it. */
    public static List<String> mostFrequentTokens(Dataset<Row> rows, Column texts, int most) {
        UDF1<String, String[]> cut = text -> text == null
                ? new String[0]
                : Tokens.of(text, Integer.MAX_VALUE).toArray(String[]::new);
        Column tokens = functions
                .udf(cut, DataTypes.createArrayType(DataTypes.StringType))
                .apply(texts);
        return rows.select(functions.explode(tokens).as(VALUE))
                .groupBy(VALUE)
                .count()
                .orderBy(col(COUNT).desc(), functions.encode(col(VALUE), "UTF-16BE"))
                .limit(most)
                .select(VALUE)
                .as(Encoders.STRING())
                .collectAsList();
    }

    /**
     * How many rows are of some classes.
     *
     * @param labels as they are written
     * @param names of all classes
     * @param limit rows that are taken; of these the classes' share of all
     */
    public static long ofClasses(
            Dataset<Row> rows, Column labels, ClassNames names, Collection<Integer> classes, Optional<Long> limit) {
        List<Row> counts =
                rows.groupBy(labels.as(VALUE)).count().limit(MOST_LABELS).collectAsList();
        long all = counts.stream().mapToLong(row -> row.getLong(1)).sum();
        long found = counts.stream()
                .filter(row -> !row.isNullAt(0) && classes.contains(names.index(row.getString(0))))
                .mapToLong(row -> row.getLong(1))
                .sum();
        return limit.filter(taken -> taken < all)
                .map(taken -> Math.round((double) found / all * taken))
                .orElse(found);
    }
}
