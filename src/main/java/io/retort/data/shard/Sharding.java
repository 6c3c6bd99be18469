package io.retort.data.shard;

import com.fasterxml.jackson.databind.JsonNode;
import io.retort.config.Canonical;
import io.retort.data.Rows;
import io.retort.data.Schema;
import io.retort.data.source.ReaderSettings;
import io.retort.data.source.Source;
import io.retort.data.source.Source.Part;
import io.retort.network.Vocabulary;
import io.retort.spark.ParallelTasks;
import io.retort.spark.RunningTotal;
import io.retort.storage.ArtifactException;
import io.retort.storage.Digest;
import io.retort.storage.Json;
import io.retort.storage.Storage;
import io.retort.storage.StoreReferences;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.util.LongAccumulator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns a source into shards, part by part.
 *
 * <p>For each part a file {@code <root>/store/datasets/<fingerprint>.json} lists its shards. The fingerprint covers the
 * source's settings, the schema, the name, length and modification time of each of the part's files or the version of
 * a table, and the samples per shard. A part whose list and shards are there is not read again, so that a new file in
 * the source costs no more than reading that file. Whether the shards are there is told by one listing of the
 * store, whatever their number.
 */
public final class Sharding {
    private static final Logger LOG = LoggerFactory.getLogger(Sharding.class);

    /** Changes when the same files would become other shards, or other things are kept of them. */
    private static final String VERSION = "sharding/5";

    static final Canonical SETTINGS = Canonical.with(ReaderSettings.CATALOGUE);

    /** What an array of bytes can hold, with room to spare for a second one beside it. */
    private static final int MOST_SHARD_BYTES = 1 << 30;

    private final JavaSparkContext spark;
    private final Storage storage;
    private final Path root;
    private final Consumer<String> warn;
    private final LongConsumer progress;

    public Sharding(JavaSparkContext spark, Storage storage, Path root) {
        this(spark, storage, root, LOG::warn, rows -> {});
    }

    private Sharding(JavaSparkContext spark, Storage storage, Path root, Consumer<String> warn, LongConsumer progress) {
        this.spark = spark;
        this.storage = storage;
        this.root = root;
        this.warn = warn;
        this.progress = progress;
    }

    /** The same that gives its warnings to {@code hears}. */
    public Sharding warning(Consumer<String> hears) {
        return new Sharding(spark, storage, root, hears, progress);
    }

    /** The same that tells of rows that it has sharded, where that takes longer than some seconds. */
    public Sharding counting(LongConsumer rows) {
        return new Sharding(spark, storage, root, warn, rows);
    }

    /**
     * Shards a source. The shards are in the order of its parts, and none spans two of them.
     *
     * @param samplesPerShard the last shard of a part may hold fewer
     */
    public Dataset shard(ReaderSettings settings, int samplesPerShard) {
        return shard(settings, samplesPerShard, Vocabulary.none(), StoreReferences.UNANNOUNCED);
    }

    /**
     * Shards a source. The shards are in the order of its parts, and none spans two of them.
     *
     * @param samplesPerShard the last shard of a part may hold fewer
     * @param vocabulary whose ids texts become; {@linkplain Vocabulary#none none} where there are no texts
     * @param use hears of the lists of shards
     */
    public Dataset shard(ReaderSettings settings, int samplesPerShard, Vocabulary vocabulary, StoreReferences use) {
        Known known = known(storage, settings, samplesPerShard, vocabulary);
        use.announce(known.parts().stream()
                .filter(Part::isVersioned)
                .map(part -> ShardLists.entry(known.fingerprint(part)))
                .toList());
        List<Shard[]> found = kept(known);
        List<Integer> missing = IntStream.range(0, found.size())
                .filter(part -> found.get(part) == null)
                .boxed()
                .toList();
        if (!missing.isEmpty()) {
            List<Part> parts = missing.stream().map(known.parts()::get).toList();
            Source.Sharded made;
            try (RunningTotal rows = new RunningTotal(spark, "rows sharded", progress)) {
                Writer writer = new Writer(known.schema(), known.ofAll(), storage, root.toString(), rows.adder());
                made = known.source().shard(spark, parts, known.schema(), samplesPerShard, writer);
            }
            for (int i = 0; i < missing.size(); i++) {
                found.set(missing.get(i), Json.parse(made.lists().get(i), Shard[].class));
            }
            if (made.dropped() > 0) {
                warn.accept(String.format(
                        Locale.ROOT, "%,d bad rows were dropped, as bad-rows = drop says", made.dropped()));
            }
        }
        List<Shard> shards = found.stream().flatMap(Arrays::stream).toList();
        Dataset dataset = new Dataset(known.schema(), shards);
        if (dataset.samples() == 0) {
            throw new ArtifactException(
                    "the source has no samples: " + known.source().emptiness());
        }
        LOG.info(
                "{} samples of shape {} in {} shards",
                dataset.samples(),
                known.schema().shape(),
                shards.size());
        return dataset;
    }

    /**
     * A name that changes with the source or with how it is sharded; nothing of a source whose changes cannot be known.
     * No file is read but for the schema.
     */
    public static Optional<String> fingerprint(Storage storage, ReaderSettings settings, int samplesPerShard) {
        Known known = known(storage, settings, samplesPerShard, Vocabulary.none());
        Digest digest = new Digest();
        known.parts().forEach(part -> digest.add(known.fingerprint(part)));
        return known.parts().stream().allMatch(Part::isVersioned) ? Optional.of(digest.key()) : Optional.empty();
    }

    /** The shards of each part; null of a part that must be read, as it is new or its shards are no longer there. */
    private List<Shard[]> kept(Known known) {
        List<String> entries = known.parts().stream()
                .map(part -> part.isVersioned() ? ShardLists.entry(known.fingerprint(part)) : "")
                .toList();
        Storage travelling = storage;
        String place = root.toString();
        List<String> lists = ParallelTasks.run(
                spark, entries, String.class, entry -> kept(travelling, place, entry), (list, index) -> {});
        Set<String> present = new ShardStore(storage, root).keys();
        List<Shard[]> kept = new ArrayList<>();
        for (String list : lists) {
            Shard[] shards = list.isEmpty() ? null : Json.parse(list, Shard[].class);
            boolean isWhole =
                    shards != null && Arrays.stream(shards).map(Shard::key).allMatch(present::contains);
            kept.add(isWhole ? shards : null);
        }
        return kept;
    }

    /** A list that was kept; empty where there is none. */
    private static String kept(Storage storage, String root, String entry) {
        if (entry.isEmpty()) {
            return "";
        }
        Path list = new Path(root, entry);
        if (!storage.exists(list)) {
            return "";
        }
        try {
            return Json.compact(Json.parse(storage.read(list), list, Shard[].class));
        } catch (ArtifactException e) {
            LOG.warn("{}; the files of this list of shards are read again", e.getMessage());
            return "";
        }
    }

    private static Known known(Storage storage, ReaderSettings settings, int samplesPerShard, Vocabulary vocabulary) {
        if (samplesPerShard < 1) {
            throw new IllegalArgumentException("samples-per-shard must be >= 1, was " + samplesPerShard);
        }
        Source source = settings.source(storage);
        Schema found = source.schema();
        Schema schema = vocabulary.isNone() ? found : found.with(vocabulary);
        int bytes = Math.max(1, Math.max(schema.featureBytes(), schema.rowBytes()));
        if ((long) samplesPerShard * bytes > MOST_SHARD_BYTES) {
            throw new IllegalArgumentException("samples-per-shard must be at most " + MOST_SHARD_BYTES / bytes
                    + " for samples of " + bytes + " bytes, was " + samplesPerShard);
        }
        // Features that are named and those that are found out give the same shards.
        ReaderSettings settled = settings.withElements(schema.input().names());
        return new Known(source, schema, source.parts(), fingerprint(settled, schema, samplesPerShard));
    }

    /**
     * A source as it was when it was looked at.
     *
     * @param ofAll the fingerprint of what is the same for all parts
     */
    private record Known(Source source, Schema schema, List<Part> parts, String ofAll) {
        String fingerprint(Part part) {
            return Sharding.fingerprint(ofAll, part);
        }
    }

    private static String fingerprint(String ofAll, Part part) {
        Digest digest = new Digest().add(ofAll);
        part.addTo(digest);
        return digest.key();
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

    /** Runs on executors. */
    private record Writer(Schema schema, String ofAll, Storage storage, String root, LongAccumulator written)
            implements Source.ShardWriter {
        @Override
        public String write(Iterator<Rows> pieces) {
            ShardStore store = new ShardStore(storage, new Path(root));
            List<Shard> shards = new ArrayList<>();
            pieces.forEachRemaining(piece -> {
                shards.add(store.write(schema, piece));
                written.add(piece.count());
            });
            return Json.compact(shards);
        }

        @Override
        public String joined(List<String> lists) {
            return Json.compact(lists.stream()
                    .flatMap(list -> Arrays.stream(Json.parse(list, Shard[].class)))
                    .toList());
        }

        @Override
        public void keep(Part part, String list) {
            if (part.isVersioned()) {
                storage.write(
                        new Path(root, ShardLists.entry(fingerprint(ofAll, part))),
                        Json.pretty(Json.parse(list, JsonNode.class)).getBytes(StandardCharsets.UTF_8));
            }
        }
    }

    /** The lists that {@link Sharding} keeps of the shards of each part of a source. */
    public static final class ShardLists {
        private static final String DIRECTORY = "store/datasets/";
        private static final String SUFFIX = ".json";
        private static final Pattern ENTRY = Pattern.compile(DIRECTORY + "[0-9a-f]{32}\\" + SUFFIX);

        private ShardLists() {}

        /** The path of a list below the root. */
        static String entry(String fingerprint) {
            return DIRECTORY + fingerprint + SUFFIX;
        }

        /** Whether a path below the root is that of a list. */
        public static boolean isList(String entry) {
            return ENTRY.matcher(entry).matches();
        }

        /** The keys in a list; nothing where it does not exist (yet) or is damaged. */
        public static Optional<List<String>> keys(Storage storage, Path root, String entry) {
            Path path = new Path(root, entry);
            if (!storage.exists(path)) {
                return Optional.empty();
            }
            try {
                List<String> keys = new ArrayList<>();
                for (JsonNode shard : Json.parse(storage.read(path), path, JsonNode.class)) {
                    keys.add(shard.path("key").asText());
                }
                return Optional.of(keys);
            } catch (ArtifactException e) {
                return Optional.empty();
            }
        }
    }
}
