package io.retort.data.shard;

import com.fasterxml.jackson.databind.JsonNode;
import io.retort.config.Canonical;
import io.retort.data.Rows;
import io.retort.data.Schema;
import io.retort.data.source.Reader;
import io.retort.data.source.ReaderSettings;
import io.retort.data.source.Readers;
import io.retort.data.source.RowStream;
import io.retort.data.source.file.Split;
import io.retort.network.Vocabulary;
import io.retort.spark.ParallelTasks;
import io.retort.storage.ArtifactException;
import io.retort.storage.Digest;
import io.retort.storage.Json;
import io.retort.storage.Storage;
import io.retort.storage.StoreReferences;
import java.io.IOException;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns a source into shards, one Spark task per split; a task holds one shard at a time.
 *
 * <p>For each split a file {@code <root>/store/datasets/<fingerprint>.json} lists its shards. The fingerprint covers
 * the reader's settings, the schema, the name, length and modification time of each of the split's files, and the
 * samples per shard. A split whose list and shards are there is not read again, so that a new file in the source costs
 * no more than reading that file. Whether the shards are there is told by one listing of the
 * store, whatever their number.
 */
public final class Sharding {
    private static final Logger LOG = LoggerFactory.getLogger(Sharding.class);

    /** Changes when the same files would become other shards, or other things are kept of them. */
    private static final String VERSION = "sharding/5";

    private static final Canonical SETTINGS = Canonical.with(Readers.CATALOGUE);

    /** What an array of bytes can hold, with room to spare for a second one beside it. */
    private static final int MOST_SHARD_BYTES = 1 << 30;

    private final JavaSparkContext spark;
    private final Storage storage;
    private final Path root;

    public Sharding(JavaSparkContext spark, Storage storage, Path root) {
        this.spark = spark;
        this.storage = storage;
        this.root = root;
    }

    /**
     * Shards a source. The shards are in the order of its splits, and none spans two of them.
     *
     * @param samplesPerShard the last shard of a split may hold fewer
     */
    public Dataset shard(ReaderSettings settings, int samplesPerShard) {
        return shard(settings, samplesPerShard, Vocabulary.none(), StoreReferences.UNANNOUNCED);
    }

    /**
     * Shards a source. The shards are in the order of its splits, and none spans two of them.
     *
     * @param samplesPerShard the last shard of a split may hold fewer
     * @param vocabulary whose ids texts become; {@linkplain Vocabulary#none none} where there are no texts
     * @param use hears of the lists of shards
     */
    public Dataset shard(ReaderSettings settings, int samplesPerShard, Vocabulary vocabulary, StoreReferences use) {
        Source source = source(storage, settings, samplesPerShard, vocabulary);
        List<Split> splits = source.splits();
        Schema schema = source.schema();
        List<Part> parts = source.parts();
        use.announce(
                parts.stream().map(part -> ShardLists.entry(part.fingerprint())).toList());
        PartTask task = new PartTask(settings.reader(), schema, samplesPerShard, storage, root.toString());
        List<Shard[]> found =
                new ArrayList<>(ParallelTasks.run(spark, parts, String.class, task, (shards, index) -> {}).stream()
                        .map(text -> Json.parse(text, Shard[].class))
                        .toList());
        makeWhereShardsAreMissing(parts, found, task);
        List<Shard> shards = found.stream().flatMap(Arrays::stream).toList();
        Dataset dataset = new Dataset(schema, shards);
        if (dataset.samples() == 0) {
            throw new ArtifactException("the source has no samples: "
                    + splits.get(0).files().get(0).name()
                    + (splits.size() == 1 ? " is empty" : " and " + (splits.size() - 1) + " more files are empty"));
        }
        LOG.info("{} samples of shape {} in {} shards", dataset.samples(), schema.shape(), shards.size());
        return dataset;
    }

    /** A name that changes with the source's files or with how they are sharded; no file is read but for the schema. */
    public static String fingerprint(Storage storage, ReaderSettings settings, int samplesPerShard) {
        Digest digest = new Digest();
        source(storage, settings, samplesPerShard, Vocabulary.none())
                .parts()
                .forEach(part -> digest.add(part.fingerprint()));
        return digest.key();
    }

    /** The parts whose lists name shards that are no longer there are read after all. */
    private void makeWhereShardsAreMissing(List<Part> parts, List<Shard[]> found, PartTask task) {
        Set<String> present = new ShardStore(storage, root).keys();
        List<Integer> incomplete = IntStream.range(0, found.size())
                .filter(part -> !Arrays.stream(found.get(part)).map(Shard::key).allMatch(present::contains))
                .boxed()
                .toList();
        List<String> made = ParallelTasks.run(
                spark, incomplete.stream().map(parts::get).toList(), String.class, task::make, (json, index) -> {});
        for (int i = 0; i < made.size(); i++) {
            found.set(incomplete.get(i), Json.parse(made.get(i), Shard[].class));
        }
    }

    private static Source source(Storage storage, ReaderSettings settings, int samplesPerShard, Vocabulary vocabulary) {
        if (samplesPerShard < 1) {
            throw new IllegalArgumentException("samples-per-shard must be >= 1, was " + samplesPerShard);
        }
        Reader reader = settings.reader();
        List<Split> splits = reader.splits(storage);
        Schema found = reader.schema(storage, splits);
        Schema schema = vocabulary.isNone() ? found : found.with(vocabulary);
        int bytes = Math.max(1, Math.max(schema.featureBytes(), schema.rowBytes()));
        if ((long) samplesPerShard * bytes > MOST_SHARD_BYTES) {
            throw new IllegalArgumentException("samples-per-shard must be at most " + MOST_SHARD_BYTES / bytes
                    + " for samples of " + bytes + " bytes, was " + samplesPerShard);
        }
        // Features that are named and those that are found out give the same shards.
        ReaderSettings settled = settings.withElements(schema.input().names());
        return new Source(splits, schema, parts(settled, schema, samplesPerShard, splits));
    }

    /** A source as it was when it was looked at. */
    private record Source(List<Split> splits, Schema schema, List<Part> parts) {}

    /** One part per split; with a limit all splits in one part, since only a reader of them all knows where it ends. */
    private static List<Part> parts(ReaderSettings settings, Schema schema, int samplesPerShard, List<Split> splits) {
        String ofAll = fingerprint(settings, schema, samplesPerShard);
        if (settings.limit().isPresent()) {
            return List.of(Part.of(splits, ofAll, settings.limit().get()));
        }
        return splits.stream()
                .map(split -> Part.of(List.of(split), ofAll, Long.MAX_VALUE))
                .toList();
    }

    /** Of all that shards depend on but their files, of which the settings name where to look for them. */
    public static String fingerprint(ReaderSettings settings, Schema schema, int samplesPerShard) {
        return new Digest()
                .add(VERSION)
                .add(SETTINGS.address((Record) settings, settings.files().keySet()))
                .add(schema)
                .add(samplesPerShard)
                .key();
    }

    /** What one task reads. */
    private record Part(List<Split> splits, String fingerprint, long limit) implements Serializable {
        /** @param ofAll what is the same for all parts of a source */
        static Part of(List<Split> splits, String ofAll, long limit) {
            return new Part(splits, new Digest().add(ofAll).addAll(splits).key(), limit);
        }
    }

    /** Runs on executors. */
    private static final class PartTask implements ParallelTasks.Task<Part, String> {
        private static final long serialVersionUID = 1L;

        private final Reader reader;
        private final Schema schema;
        private final int samplesPerShard;
        private final Storage storage;
        private final String root;

        PartTask(Reader reader, Schema schema, int samplesPerShard, Storage storage, String root) {
            this.reader = reader;
            this.schema = schema;
            this.samplesPerShard = samplesPerShard;
            this.storage = storage;
            this.root = root;
        }

        @Override
        public String run(Part part) throws IOException {
            Optional<String> known = known(list(part));
            return known.isPresent() ? known.get() : make(part);
        }

        /** Reads a part's files, whatever is known of them. */
        String make(Part part) throws IOException {
            String made = Json.compact(shards(part, new ShardStore(storage, new Path(root))));
            storage.write(
                    list(part), Json.pretty(Json.parse(made, JsonNode.class)).getBytes(StandardCharsets.UTF_8));
            return made;
        }

        private Path list(Part part) {
            return new Path(root, ShardLists.entry(part.fingerprint()));
        }

        private Optional<String> known(Path list) {
            if (!storage.exists(list)) {
                return Optional.empty();
            }
            try {
                return Optional.of(Json.compact(Json.parse(storage.read(list), list, Shard[].class)));
            } catch (ArtifactException e) {
                LOG.warn("{}; the files of this list of shards are read again", e.getMessage());
                return Optional.empty();
            }
        }

        private List<Shard> shards(Part part, ShardStore store) {
            List<Shard> shards = new ArrayList<>();
            long left = part.limit();
            for (Split split : part.splits()) {
                try (RowStream rows = reader.open(storage, split, schema)) {
                    while (left > 0) {
                        Rows next = rows.read((int) Math.min(samplesPerShard, left));
                        if (next.count() == 0) {
                            break;
                        }
                        shards.add(store.write(schema, next));
                        left -= next.count();
                    }
                }
            }
            return shards;
        }
    }
}
