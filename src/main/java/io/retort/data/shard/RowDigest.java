package io.retort.data.shard;

import io.retort.data.Samples;
import io.retort.data.Schema;
import io.retort.spark.ParallelTasks;
import io.retort.storage.Digest;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * Digests the rows of a data set, whatever the names of its files, their number and order, the rows' ids and their
 * order: equal for equal rows, each as often.
 *
 * <p>The digest is that of {@code Σ SHA-256(label, features) mod 2²⁵⁶} over all rows (MSet-Add-Hash: Clarke, Devadas,
 * van Dijk, Gassend, Suh 2003, ASIACRYPT, "Incremental Multiset Hash Functions"), and of their schema and number. It
 * costs one reading of the shards, on the executors.
 */
public final class RowDigest {
    private static final BigInteger MODULUS = BigInteger.ONE.shiftLeft(256);

    private RowDigest() {}

    /** The digest of a data set whose shards are in the store. */
    public static String of(JavaSparkContext spark, ShardStore store, Dataset dataset) {
        Schema schema = dataset.schema();
        List<BigInteger> sums =
                ParallelTasks.collect(spark, dataset.shards(), new ShardSum(store, dataset.withoutShards()));
        return digest(schema, dataset.samples(), sums);
    }

    private record ShardSum(ShardStore store, Dataset dataset) implements ParallelTasks.Task<Shard, BigInteger> {
        @Override
        public BigInteger run(Shard shard) {
            return sum(store.read(dataset, shard).samples());
        }
    }

    /** {@code Σ SHA-256(label, features) mod 2²⁵⁶} over the rows of a shard. */
    public static BigInteger sum(Samples samples) {
        int bytes = samples.schema().featureBytes();
        BigInteger sum = BigInteger.ZERO;
        for (int row = 0; row < samples.count(); row++) {
            String hex = new Digest()
                    .add(samples.labels().rows(row).values())
                    .add(Arrays.copyOfRange(samples.features(), row * bytes, (row + 1) * bytes))
                    .hex();
            sum = sum.add(new BigInteger(hex, 16));
        }
        return sum.mod(MODULUS);
    }

    public static String digest(Schema schema, long rows, List<BigInteger> sums) {
        BigInteger sum = sums.stream().reduce(BigInteger.ZERO, BigInteger::add).mod(MODULUS);
        return new Digest()
                .add("rows/3")
                .add(schema)
                .add(rows)
                .add(sum.toByteArray())
                .key();
    }
}
