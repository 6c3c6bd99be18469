package io.retort.data.shard;

import io.retort.data.Samples;
import io.retort.data.Schema;
import io.retort.spark.ParallelTasks;
import io.retort.spark.SharedValue;
import io.retort.storage.Digest;
import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * Looks for held-out samples among the training samples: by their ids, and by their features, since rows that are
 * copied into another file have other ids.
 *
 * <p>Of n held-out samples those are looked for whose id falls, by its hash, into one of
 * {@code ⌈n / }{@value #MOST}{@code ⌉} parts, so that some {@value #MOST} hashes travel at most, however large the data
 * is. The training shards are read once. The hashes have 64 bits: two different samples among 10⁹ training samples are
 * taken for the same with a probability below 10⁻⁶.
 */
public final class OverlapSearch {
    /** Held-out samples that are looked for, more or less. */
    private static final int MOST = 1 << 14;

    private final JavaSparkContext spark;
    private final ShardStore shards;

    public OverlapSearch(JavaSparkContext spark, ShardStore shards) {
        this.spark = spark;
        this.shards = shards;
    }

    public Overlap of(Dataset train, Dataset test) {
        ShardStore store = shards;
        long parts = (test.samples() + MOST - 1) / MOST;
        Schema testSchema = test.schema();
        Dataset trainRows = train.withoutShards();
        List<Hashes> wanted = ParallelTasks.collectMerged(
                spark,
                test.shards(),
                fanIn(test),
                shard -> Hashes.of(store.read(testSchema, shard), parts),
                Hashes::joined);
        Hashes all = Hashes.joined(wanted).sorted();
        try (SharedValue<Hashes> shared = SharedValue.of(spark, all)) {
            List<Hashes> found = ParallelTasks.collectMerged(
                    spark,
                    train.shards(),
                    fanIn(train),
                    shard -> shared.value().found(store.read(trainRows, shard).samples()),
                    Hashes::distinct);
            Hashes there = Hashes.distinct(found);
            return new Overlap(
                    all.ids.length, Hashes.count(all.ids, there.ids), Hashes.count(all.features, there.features));
        }
    }

    /** Of n results the driver receives √n. */
    private static int fanIn(Dataset dataset) {
        return Math.max(16, (int) Math.ceil(Math.sqrt(dataset.shards().size())));
    }

    /** Hashes of samples. */
    @SuppressWarnings("ArrayRecordComponent") // carried, never compared
    private record Hashes(long[] ids, long[] features) implements Serializable {
        /** Those of the samples that are in the first of so many parts. */
        static Hashes of(Samples samples, long parts) {
            long[] ids = new long[samples.count()];
            long[] features = new long[samples.count()];
            int count = 0;
            for (int i = 0; i < samples.count(); i++) {
                long id = id(samples, i);
                if (Long.remainderUnsigned(id, parts) == 0) {
                    ids[count] = id;
                    features[count++] = features(samples, i);
                }
            }
            return new Hashes(Arrays.copyOf(ids, count), Arrays.copyOf(features, count));
        }

        static Hashes joined(List<Hashes> some) {
            return new Hashes(
                    some.stream().flatMapToLong(one -> Arrays.stream(one.ids)).toArray(),
                    some.stream()
                            .flatMapToLong(one -> Arrays.stream(one.features))
                            .toArray());
        }

        static Hashes distinct(List<Hashes> some) {
            Hashes joined = joined(some);
            return new Hashes(
                    Arrays.stream(joined.ids).sorted().distinct().toArray(),
                    Arrays.stream(joined.features).sorted().distinct().toArray());
        }

        Hashes sorted() {
            return new Hashes(
                    Arrays.stream(ids).sorted().toArray(),
                    Arrays.stream(features).sorted().toArray());
        }

        /** Those of these that some of the samples have; these must be sorted. */
        Hashes found(Samples samples) {
            LongStream.Builder foundIds = LongStream.builder();
            LongStream.Builder foundFeatures = LongStream.builder();
            for (int i = 0; i < samples.count(); i++) {
                addIfThere(id(samples, i), ids, foundIds);
                addIfThere(features(samples, i), features, foundFeatures);
            }
            return distinct(List.of(
                    new Hashes(foundIds.build().toArray(), foundFeatures.build().toArray())));
        }

        private static void addIfThere(long hash, long[] among, LongStream.Builder found) {
            if (Arrays.binarySearch(among, hash) >= 0) {
                found.add(hash);
            }
        }

        /** How many of the first are among the second, which are sorted. */
        static long count(long[] some, long[] among) {
            return Arrays.stream(some)
                    .filter(one -> Arrays.binarySearch(among, one) >= 0)
                    .count();
        }

        private static long id(Samples samples, int index) {
            return hash(new Digest().add(samples.ids()[index]));
        }

        private static long features(Samples samples, int index) {
            int bytes = samples.schema().featureBytes();
            return hash(new Digest().add(Arrays.copyOfRange(samples.features(), index * bytes, (index + 1) * bytes)));
        }

        private static long hash(Digest digest) {
            return Long.parseUnsignedLong(digest.hex().substring(0, 16), 16);
        }
    }

    /**
     * How many held-out samples are among the training samples, as counted on a part of the held-out ones.
     *
     * @param samples held-out samples that were looked for
     * @param ids those whose id a training sample has
     * @param features those whose features a training sample has
     */
    public record Overlap(long samples, long ids, long features) implements Serializable {}
}
