package io.retort.data.shard;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * Some rows of a data set, each row with the same chance: those whose ids have the least hashes, in the order of their
 * hashes.
 *
 * <p>So they come from all over the data, whatever the order of the rows and wherever shards end: of files that are
 * sorted by class as many of each class as there ought to be, and of uneven shards no row more likely than another. Any
 * stretch of the order is such a sample itself.
 *
 * @param rows in their order
 */
public record RowSample(List<Row> rows) implements Serializable {
    /** Results are merged by portion, so this number must not depend on the cluster. */
    private static final int MOST_PORTIONS = 16;

    /**
     * A row.
     *
     * @param hash of its id, as an unsigned number
     * @param shard its place in the list of shards
     * @param index in the shard
     */
    public record Row(long hash, int shard, int index) implements Serializable {
        /** Ids should differ; rows whose ids are the same are told apart by where they lie. */
        static final Comparator<Row> ORDER = ((Comparator<Row>)
                        (one, other) -> Long.compareUnsigned(one.hash, other.hash))
                .thenComparingInt(Row::shard)
                .thenComparingInt(Row::index);
    }

    /**
     * A stretch of the order, worked on by one task.
     *
     * @param from the first rank
     * @param to the rank after the last
     * @param batches of about the wanted size, into which it can be cut evenly
     */
    public record Portion(int from, int to, int batches) implements Serializable {
        /** The rank at which a batch begins, counted from the first: batch {@code batches} begins at the end. */
        public int start(int batch) {
            return (int) ((long) (to - from) * batch / batches);
        }
    }

    public RowSample {
        rows = List.copyOf(rows);
    }

    /** The {@code count} first of these rows, or all where there are fewer. */
    static RowSample first(List<Row> candidates, int count) {
        return new RowSample(candidates.stream().sorted(Row.ORDER).limit(count).toList());
    }

    /** The sample of shards that are here, given their ids. */
    public static RowSample of(List<long[]> ids, int count) {
        List<Row> all = new ArrayList<>();
        for (int shard = 0; shard < ids.size(); shard++) {
            int[] rows = IntStream.range(0, ids.get(shard).length).toArray();
            all.addAll(least(ids.get(shard), rows, shard, count, -1));
        }
        return first(all, count);
    }

    /**
     * The rows of a shard that may be among the first.
     *
     * @param rows the places of those that count
     * @param most of them
     * @param greatest hash, as an unsigned number
     */
    static List<Row> least(long[] ids, int[] rows, int shard, int most, long greatest) {
        return Arrays.stream(rows)
                .mapToObj(index -> new Row(hash(ids[index]), shard, index))
                .filter(row -> Long.compareUnsigned(row.hash(), greatest) <= 0)
                .sorted(Row.ORDER)
                .limit(most)
                .toList();
    }

    /**
     * The finalizer of SplitMix64 (Steele, Lea, Flood 2014, "Fast splittable pseudorandom number generators", OOPSLA),
     * which maps different ids to different hashes.
     */
    static long hash(long id) {
        long z = id + 0x9e3779b97f4a7c15L;
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }

    /** The ranks of each shard's rows, by the shard's place; shards without any are left out. */
    public Map<Integer, List<Integer>> ranksByShard() {
        Map<Integer, List<Integer>> ranks = new TreeMap<>();
        for (int rank = 0; rank < rows.size(); rank++) {
            ranks.computeIfAbsent(rows.get(rank).shard(), shard -> new ArrayList<>())
                    .add(rank);
        }
        return ranks;
    }

    /**
     * About equal portions of batches of about a size, none much smaller than the others.
     *
     * @param batch rows in a batch, about
     */
    public List<Portion> portions(int batch) {
        int count = rows.size();
        int batches = Math.max(1, (int) Math.round((double) count / batch));
        int portions = Math.min(MOST_PORTIONS, batches);
        List<Portion> list = new ArrayList<>();
        for (int p = 0; p < portions && count > 0; p++) {
            int first = batches * p / portions;
            int end = batches * (p + 1) / portions;
            list.add(new Portion(
                    (int) ((long) count * first / batches), (int) ((long) count * end / batches), end - first));
        }
        return list;
    }
}
