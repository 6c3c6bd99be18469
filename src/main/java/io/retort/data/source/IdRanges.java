package io.retort.data.source;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.pmod;
import static org.apache.spark.sql.functions.udf;
import static org.apache.spark.sql.functions.xxhash64;

import io.retort.data.source.frame.Frame;
import io.retort.data.source.frame.FrameRows;
import io.retort.spark.ParallelTasks;
import io.retort.storage.ArtifactException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.types.DataTypes;

/**
 * Shards whose boundaries follow from the ids. In the order of ids a shard begins at each id whose hash (XXH64 of its
 * eight bytes, seed 42) is divisible by the wanted size, and after four times as many rows at the latest. So a shard
 * holds as many rows as wanted in the mean, and rows that are added, removed or replaced change only the shards of
 * their range (content-defined chunking: Muthitacharoen, Chen, Mazières 2001, SOSP, section 3.1).
 *
 * <p>One job finds the ids at which shards begin, of which there are as many as shards; another takes each range of ids
 * to one task, which sorts it and writes its shards.
 */
record IdRanges(String origin, int size) {
    private static final int MOST = 4;
    /** Ranges of a task, so that one whose ranges are small is not mostly start. */
    private static final int RANGES_OF_A_TASK = 8;

    /** @param limit rows of which those with the least ids are taken */
    Source.Sharded shard(JavaSparkContext spark, Frame all, long limit, Source.ShardWriter writer) {
        Frame frame = limit == Long.MAX_VALUE ? all : all.first(limit, all.key());
        long[] starts = starts(frame);
        // Ranges lie in tasks by a hash of their number: neighbours may be of very different sizes.
        int tasks = Math.max(spark.defaultParallelism(), starts.length / RANGES_OF_A_TASK + 1);
        Dataset<Row> sorted = frame.projected(range(starts).apply(frame.key()))
                .repartition(tasks, col("group"))
                .sortWithinPartitions(col("key"));
        FrameRows.Layout layout = frame.layout();
        int most = Math.multiplyExact(size, MOST);
        List<Range> ranges = new ArrayList<>(ParallelTasks.ofPartitions(
                sorted.queryExecution().toRdd().toJavaRDD(), rows -> {
                    List<Range> made = new ArrayList<>();
                    FrameRows own = new FrameRows(rows, layout);
                    while (own.hasNext()) {
                        long first = own.key();
                        long before = own.dropped();
                        String list = writer.write(own.pieces(0, most, Long.MAX_VALUE));
                        made.add(new Range(first, own.dropped() - before, list));
                    }
                    return made;
                }));
        ranges.sort(Comparator.comparingLong(Range::firstId));
        return new Source.Sharded(
                List.of(writer.joined(ranges.stream().map(Range::list).toList())),
                ranges.stream().mapToLong(Range::dropped).sum());
    }

    private record Range(long firstId, long dropped, String list) implements Serializable {}

    /** The ids at which shards begin, in order. */
    private long[] starts(Frame frame) {
        Column id = frame.key();
        List<Row> found = frame.rows()
                .select(id.as("id"))
                .where(col("id")
                        .isNull()
                        .or(pmod(xxhash64(col("id")), lit((long) size)).equalTo(0L)))
                .distinct()
                .collectAsList();
        if (found.stream().anyMatch(row -> row.isNullAt(0))) {
            long nulls = frame.rows().where(id.isNull()).count();
            throw new ArtifactException(origin + " column " + frame.layout().key() + " is null in " + nulls
                    + (nulls == 1 ? " row" : " rows") + "; each row needs an id, or leave them out by where");
        }
        return found.stream().mapToLong(row -> row.getLong(0)).sorted().toArray();
    }

    /** The number of the range that holds an id. */
    private static org.apache.spark.sql.expressions.UserDefinedFunction range(long[] starts) {
        UDF1<Long, Integer> place = id -> {
            int at = Arrays.binarySearch(starts, id);
            return at < 0 ? -at - 1 : at + 1;
        };
        return udf(place, DataTypes.IntegerType);
    }
}
