package io.retort.data.shard;

import io.retort.data.Rows;
import io.retort.data.encode.TableInput;
import io.retort.network.TableEncoding;
import io.retort.spark.ParallelTasks;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.spark.api.java.JavaSparkContext;

/** How much of a table's rows its {@link TableEncoding} does not know: missing numbers, and values of no dictionary. */
public final class TableShares {
    private static final int FAN_IN = 16;

    private TableShares() {}

    /**
     * A column's share of rows.
     *
     * @param share of the rows that lack the number, or whose value is not in the dictionary
     */
    public record ColumnShare(String name, double share) {}

    /** Of all columns, the numbers first, over all rows of a data set's shards; none where its input is no table. */
    public static List<ColumnShare> of(JavaSparkContext spark, ShardStore store, Dataset dataset) {
        if (!(dataset.schema().input() instanceof TableInput input)
                || dataset.shards().isEmpty()) {
            return List.of();
        }
        Dataset of = dataset.withoutShards();
        List<long[]> parts = ParallelTasks.collectMerged(
                spark,
                dataset.shards(),
                Math.max(FAN_IN, (int) Math.ceil(Math.sqrt(dataset.shards().size()))),
                shard -> counts(input, store.rows(of.schema(), shard)),
                some -> some.stream().reduce(TableShares::plus).orElseThrow());
        long[] counts = parts.stream().reduce(TableShares::plus).orElseThrow();
        List<String> names = input.encoding().columns();
        List<ColumnShare> shares = new ArrayList<>();
        for (int column = 0; column < names.size(); column++) {
            shares.add(new ColumnShare(names.get(column), (double) counts[column] / counts[names.size()]));
        }
        return shares;
    }

    /** The rows of each column that are not known, and behind them all rows. */
    private static long[] counts(TableInput input, Rows rows) {
        TableEncoding encoding = input.encoding();
        int width = encoding.numbers().size();
        long[] counts = new long[encoding.columns().size() + 1];
        float[] numbers = width == 0 ? new float[0] : input.numbers(rows);
        for (int i = 0; i < numbers.length; i++) {
            counts[i % width] += Float.isNaN(numbers[i]) ? 1 : 0;
        }
        for (int c = 0; c < encoding.categories().size(); c++) {
            Map<String, Integer> known = encoding.elements(c);
            counts[width + c] = Arrays.stream(
                            TableInput.values(rows, encoding.categories().get(c).name()))
                    .filter(value -> !known.containsKey(value))
                    .count();
        }
        counts[counts.length - 1] = rows.count();
        return counts;
    }

    private static long[] plus(long[] one, long[] other) {
        long[] sums = one.clone();
        Arrays.setAll(sums, i -> one[i] + other[i]);
        return sums;
    }
}
