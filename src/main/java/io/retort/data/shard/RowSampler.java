package io.retort.data.shard;

import io.retort.data.Rows;
import io.retort.data.Samples;
import io.retort.data.Schema;
import io.retort.data.Target;
import io.retort.data.shard.RowFilter.RowKeys;
import io.retort.spark.ParallelTasks;
import io.retort.spark.Regrouping;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * The {@link RowSample} of a data set, drawn and read on the executors.
 *
 * <p>First tasks read the ids, of up to {@value #MOST_SHARDS} shards all; of more, places are drawn evenly from all
 * rows, and each shard in which some lie gives as many of its rows, those of the least hashes: each row's chance is the
 * same, and a sorted file still gives its share. Then each shard with chosen rows is read once, and its rows go to the
 * portions that have them, past the driver, which holds no more than the places of the rows that are wanted.
 */
public final class RowSampler {
    /** Where reading the ids of all shards takes minutes. */
    static final int MOST_SHARDS = 4096;

    private static final int SHARDS_PER_TASK = 16;

    private final JavaSparkContext spark;
    private final ShardStore store;
    private final Dataset dataset;

    /** Drawn before, by rows and batch. Spark keeps what a draw shuffled as long as this holds it. */
    private final Map<List<Integer>, Drawn> drawn = new HashMap<>();

    public RowSampler(JavaSparkContext spark, ShardStore store, Dataset dataset) {
        this.spark = spark;
        this.store = store;
        this.dataset = dataset;
    }

    /** What is done with a portion: so many batches of about the size that was asked for. */
    @FunctionalInterface
    public interface Work<R extends Serializable> extends Serializable {
        R on(Samples samples, RowSample.Portion portion);
    }

    /** A sample whose rows lie with those who work on them. */
    private record Drawn(List<RowSample.Portion> portions, Regrouping<Piece> pieces) {}

    /**
     * Does work on each portion of a sample; the rows of a portion are in the sample's order.
     *
     * @param rows wanted; all where there are fewer
     * @return in the order of portions
     */
    public <R extends Serializable> List<R> perPortion(int rows, int batch, Work<R> work) {
        Schema schema = dataset.schema();
        return perPieces(rows, batch, (some, portion) -> work.on(schema.encode(some), portion));
    }

    /** The rows of a sample as networks take them, in its order; they pass through the driver. */
    public Samples joined(int rows) {
        return dataset.schema().encode(rows(rows));
    }

    /** The rows of a sample in its order; they pass through the driver. */
    public Rows rows(int rows) {
        return Rows.joined(perPieces(rows, rows, (some, portion) -> some));
    }

    /** What is done with the rows of a portion. */
    @FunctionalInterface
    private interface RowWork<R extends Serializable> extends Serializable {
        R on(Rows rows, RowSample.Portion portion);
    }

    private <R extends Serializable> List<R> perPieces(int rows, int batch, RowWork<R> work) {
        Drawn sample;
        synchronized (drawn) {
            sample = drawn.computeIfAbsent(List.of(rows, batch), key -> draw(rows, batch));
        }
        ArrayList<RowSample.Portion> portions = new ArrayList<>(sample.portions());
        return sample.pieces()
                .collect((portion, pieces) ->
                        work.on(Piece.joined(pieces, portions.get(portion).from()), portions.get(portion)));
    }

    private Drawn draw(int rows, int batch) {
        RowSample sample = sample(rows);
        List<RowSample.Portion> portions = sample.portions(batch);
        int[] owners = new int[sample.rows().size()];
        for (int p = 0; p < portions.size(); p++) {
            Arrays.fill(owners, portions.get(p).from(), portions.get(p).to(), p);
        }
        List<Pick> picks = new ArrayList<>();
        sample.ranksByShard()
                .forEach((shard, ranks) -> picks.add(Pick.of(
                        dataset.shards().get(shard),
                        ranks.stream()
                                .mapToInt(rank -> sample.rows().get(rank).index())
                                .toArray(),
                        ranks.stream().mapToInt(rank -> rank).toArray(),
                        ranks.stream().mapToInt(rank -> owners[rank]).toArray())));
        Schema schema = dataset.schema();
        ShardStore shards = store; // a task takes along what it names, and this object does not travel
        RowFilter filter = dataset.filter();
        return new Drawn(
                portions,
                ParallelTasks.regroup(
                        spark,
                        picks,
                        portions.size(),
                        pick -> pick.pieces(filter.shown(shards.rows(schema, pick.shard())))));
    }

    /** Which rows a sample has. */
    public RowSample sample(int rows) {
        List<Dataset.Part> parts = dataset.parts();
        if (parts.size() > MOST_SHARDS && dataset.samples() > 2L * rows) {
            return RowSample.first(candidates(places(parts, rows), -1), rows);
        }
        return least(rows);
    }

    /**
     * The greatest hash (unsigned) of so many rows whose ids have the least; the ids of all shards are read for it,
     * however many they are.
     */
    long bound(int rows) {
        List<RowSample.Row> sample = least(rows).rows();
        return sample.get(sample.size() - 1).hash();
    }

    private RowSample least(int rows) {
        long total = dataset.samples();
        Map<Integer, Integer> all = new TreeMap<>();
        IntStream.range(0, dataset.shards().size()).forEach(shard -> all.put(shard, rows));
        // Six deviations more than are wanted; one draw in a billion needs another.
        double part = (rows + 6 * Math.sqrt(rows) + 36) / total;
        while (part < 1) {
            List<RowSample.Row> candidates = candidates(all, (long) (part * 0x1p63) << 1);
            if (candidates.size() >= rows) {
                return RowSample.first(candidates, rows);
            }
            part *= 2;
        }
        return RowSample.first(candidates(all, -1), rows);
    }

    /** How many rows each shard gives, where so many places are drawn evenly from all rows. */
    static Map<Integer, Integer> places(List<Dataset.Part> parts, int rows) {
        long total = parts.stream().mapToLong(Dataset.Part::rows).sum();
        SplittableRandom random = new SplittableRandom(0);
        TreeSet<Long> places = new TreeSet<>();
        while (places.size() < rows) {
            places.add(random.nextLong(total));
        }
        Map<Integer, Integer> counts = new TreeMap<>();
        int shard = 0;
        long end = parts.get(0).rows();
        for (long place : places) {
            while (place >= end) {
                end += parts.get(++shard).rows();
            }
            counts.merge(shard, 1, Integer::sum);
        }
        return counts;
    }

    /** The rows up to a hash, at most so many of each shard. */
    private List<RowSample.Row> candidates(Map<Integer, Integer> mostByShard, long greatest) {
        List<Look> looks = mostByShard.entrySet().stream()
                .map(entry -> new Look(
                        entry.getKey(), dataset.shards().get(entry.getKey()).plain(), entry.getValue(), greatest))
                .toList();
        List<ArrayList<Look>> tasks = new ArrayList<>();
        for (int from = 0; from < looks.size(); from += SHARDS_PER_TASK) {
            tasks.add(new ArrayList<>(looks.subList(from, Math.min(from + SHARDS_PER_TASK, looks.size()))));
        }
        ShardStore shards = store;
        RowFilter filter = dataset.filter();
        Target target = dataset.schema().target();
        List<ArrayList<RowSample.Row>> found = ParallelTasks.collect(spark, tasks, task -> {
            ArrayList<RowSample.Row> rows = new ArrayList<>();
            for (Look look : task) {
                RowKeys keys = shards.keys(target, look.shard());
                rows.addAll(RowSample.least(keys.ids(), filter.rows(keys), look.place(), look.most(), look.greatest()));
            }
            return rows;
        });
        return found.stream().flatMap(List::stream).toList();
    }

    /** The ids of a shard that a task looks at. */
    private record Look(int place, Shard shard, int most, long greatest) implements Serializable {}

    /** Rows of a shard, their ranks in the sample, and the portions that have them. */
    @SuppressWarnings("ArrayRecordComponent") // carried, never compared
    private record Pick(Shard shard, int[] rows, int[] ranks, int[] portions) implements Serializable {
        static Pick of(Shard shard, int[] rows, int[] ranks, int[] portions) {
            return new Pick(shard.plain(), rows, ranks, portions);
        }

        Map<Integer, Piece> pieces(Rows whole) {
            Map<Integer, List<Integer>> byPortion = new TreeMap<>();
            for (int i = 0; i < rows.length; i++) {
                byPortion
                        .computeIfAbsent(portions[i], portion -> new ArrayList<>())
                        .add(i);
            }
            Map<Integer, Piece> pieces = new TreeMap<>();
            byPortion.forEach((portion, own) -> {
                pieces.put(
                        portion,
                        new Piece(
                                own.stream().mapToInt(i -> ranks[i]).toArray(),
                                whole.rows(own.stream().mapToInt(i -> rows[i]).toArray())));
            });
            return pieces;
        }
    }

    /** Rows on their way. */
    @SuppressWarnings("ArrayRecordComponent") // carried, never compared
    private record Piece(int[] ranks, Rows rows) implements Serializable {
        /** The rows of all pieces, in the order of their ranks, which begin at {@code first}. */
        static Rows joined(List<Piece> pieces, int first) {
            Rows together = Rows.joined(pieces.stream().map(Piece::rows).toList());
            int[] order = new int[together.count()];
            int at = 0;
            for (Piece piece : pieces) {
                for (int rank : piece.ranks) {
                    order[rank - first] = at++;
                }
            }
            return together.rows(order);
        }
    }
}
