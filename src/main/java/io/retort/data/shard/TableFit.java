package io.retort.data.shard;

import io.retort.config.SettingException;
import io.retort.data.Rows;
import io.retort.data.encode.TableInput;
import io.retort.network.ChannelMoments;
import io.retort.network.TableEncoding;
import io.retort.network.TableEncoding.Category;
import io.retort.network.TableEncoding.Numeric;
import io.retort.spark.ParallelTasks;
import io.retort.storage.ArtifactException;
import io.retort.storage.Digest;
import io.retort.storage.Json;
import io.retort.storage.Storage;
import io.retort.storage.StoreReferences;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * Fits the {@link TableEncoding} of a data set: means, deviations and indicators of its numbers, dictionaries of its
 * categories. All rows of its shards count, with a label or without.
 *
 * <p>It is kept in {@code <root>/store/vocabularies/<fingerprint>.json} under the digest of the shards, the columns and
 * the settings. A task counts the rows of one shard, and executors merge neighbouring tallies, so that of n shards
 * the driver receives the greater of {@value #FAN_IN} and √n, each with at most {@value #MAX_DIFFERENT} values and one
 * of a column.
 */
public final class TableFit {
    private static final String VERSION = "table-fit/1";
    private static final int FAN_IN = 16;
    private static final int MAX_DIFFERENT = 100_000;

    private final JavaSparkContext spark;
    private final Storage storage;
    private final Path root;

    /**
     * What becomes a dictionary.
     *
     * @param maxValues of a column at most, the most frequent
     * @param minCount rows that a value needs at least; others count as unknown
     */
    public record Settings(int maxValues, int minCount) {
        public Settings {
            if (maxValues < 1 || maxValues > MAX_DIFFERENT) {
                throw new SettingException("max-values", "must be in [1, " + MAX_DIFFERENT + "], was " + maxValues);
            }
            if (minCount < 1) {
                throw new SettingException("min-count", "must be >= 1, was " + minCount);
            }
        }
    }

    public TableFit(JavaSparkContext spark, Storage storage, Path root) {
        this.spark = spark;
        this.storage = storage;
        this.root = root;
    }

    /**
     * The encoding of a data set whose input is a table.
     *
     * @param use hears of the file that keeps it
     */
    public TableInput of(Dataset dataset, Settings settings, StoreReferences use) {
        TableInput input = (TableInput) dataset.schema().input();
        Digest digest = new Digest().add(VERSION).add(input);
        dataset.shards().forEach(shard -> digest.add(shard.key()));
        String entry = "store/vocabularies/"
                + digest.add(settings.maxValues()).add(settings.minCount()).key() + ".json";
        use.announce(List.of(entry));
        Path path = new Path(root, entry);
        Optional<TableEncoding> known = Json.find(storage, path, TableEncoding.class);
        TableEncoding encoding = known.orElseGet(() -> make(dataset, input, settings));
        if (known.isEmpty()) {
            storage.write(path, Json.file(encoding));
        }
        return new TableInput(encoding, true);
    }

    private TableEncoding make(Dataset dataset, TableInput input, Settings settings) {
        ShardStore store = new ShardStore(storage, root);
        Dataset of = dataset.withoutShards();
        List<Tally> tallies = ParallelTasks.collectMerged(
                spark,
                dataset.shards(),
                Math.max(FAN_IN, (int) Math.ceil(Math.sqrt(dataset.shards().size()))),
                shard -> Tally.of(input, store.rows(of.schema(), shard)),
                parts -> parts.stream().reduce(Tally::plus).orElseThrow());
        Tally all = tallies.stream().reduce(Tally::plus).orElseThrow();
        return all.encoding(input.encoding(), settings);
    }

    /**
     * What rows have.
     *
     * @param numbers of each column of numbers, without missing ones
     * @param values of each category, the rows of each value
     */
    private record Tally(long rows, List<ChannelMoments> numbers, List<TreeMap<String, Long>> values)
            implements Serializable {
        static Tally of(TableInput input, Rows rows) {
            TableEncoding columns = input.encoding();
            int width = columns.numbers().size();
            float[] all = width == 0 ? new float[0] : input.numbers(rows);
            List<ChannelMoments> numbers = IntStream.range(0, width)
                    .mapToObj(column -> moments(all, column, width))
                    .toList();
            List<TreeMap<String, Long>> values = new ArrayList<>();
            for (Category column : columns.categories()) {
                TreeMap<String, Long> counts = new TreeMap<>();
                for (String value : TableInput.values(rows, column.name())) {
                    counts.merge(value, 1L, Long::sum);
                }
                values.add(counts);
            }
            return new Tally(rows.count(), numbers, values);
        }

        private static ChannelMoments moments(float[] all, int column, int width) {
            double sum = 0;
            long count = 0;
            for (int i = column; i < all.length; i += width) {
                if (!Float.isNaN(all[i])) {
                    sum += all[i];
                    count++;
                }
            }
            if (count == 0) {
                return ChannelMoments.none(1);
            }
            double mean = sum / count;
            double squares = 0;
            for (int i = column; i < all.length; i += width) {
                squares += Float.isNaN(all[i]) ? 0 : (all[i] - mean) * (all[i] - mean);
            }
            return new ChannelMoments(count, new double[] {mean}, new double[] {squares});
        }

        Tally plus(Tally other) {
            List<TreeMap<String, Long>> sums = new ArrayList<>();
            for (int c = 0; c < values.size(); c++) {
                TreeMap<String, Long> sum = new TreeMap<>(values.get(c));
                other.values.get(c).forEach((value, count) -> sum.merge(value, count, Long::sum));
                while (sum.size() > MAX_DIFFERENT + 1) {
                    sum.pollLastEntry(); // it is refused as it is
                }
                sums.add(sum);
            }
            return new Tally(
                    rows + other.rows,
                    IntStream.range(0, numbers.size())
                            .mapToObj(i -> numbers.get(i).plus(other.numbers.get(i)))
                            .toList(),
                    sums);
        }

        TableEncoding encoding(TableEncoding columns, Settings settings) {
            List<Numeric> fitted = new ArrayList<>();
            for (int i = 0; i < numbers.size(); i++) {
                ChannelMoments found = numbers.get(i);
                String name = columns.numbers().get(i).name();
                if (found.count() == 0) {
                    throw new ArtifactException(
                            "column " + name + " has no number in any training row; leave it out of features");
                }
                double deviation = Math.sqrt(found.variance(0));
                fitted.add(new Numeric(name, found.mean()[0], deviation > 0 ? deviation : 1, found.count() < rows));
            }
            List<Category> dictionaries = new ArrayList<>();
            for (int c = 0; c < values.size(); c++) {
                String name = columns.categories().get(c).name();
                dictionaries.add(new Category(name, dictionary(name, values.get(c), settings)));
            }
            return new TableEncoding(fitted, dictionaries);
        }

        /** The most frequent values; of equally frequent ones those that sort first. */
        private static List<String> dictionary(String name, Map<String, Long> counts, Settings settings) {
            if (counts.size() > MAX_DIFFERENT) {
                throw new ArtifactException("column " + name + " has more than " + MAX_DIFFERENT
                        + " different values in training rows, so it is no category; leave it out of categories");
            }
            if (counts.values().stream().noneMatch(count -> count >= settings.minCount())) {
                throw new ArtifactException("column " + name + " has no value in " + settings.minCount()
                        + " training rows or more; lower data.categories.min-count, or leave it out of categories");
            }
            return counts.entrySet().stream()
                    .filter(entry -> entry.getValue() >= settings.minCount())
                    .sorted(Comparator.comparing((Map.Entry<String, Long> entry) -> -entry.getValue())
                            .thenComparing(Map.Entry::getKey))
                    .limit(settings.maxValues())
                    .map(Map.Entry::getKey)
                    .toList();
        }
    }
}
