package io.retort.data.shard;

import io.retort.data.encode.TokenCounts;
import io.retort.data.encode.TokenInput;
import io.retort.data.encode.Tokens;
import io.retort.data.source.CsvReader;
import io.retort.data.source.ReaderSettings;
import io.retort.data.source.Source;
import io.retort.data.source.TextSettings;
import io.retort.data.source.file.SourceFiles.Split;
import io.retort.network.Vocabulary;
import io.retort.spark.ParallelTasks;
import io.retort.storage.ArtifactException;
import io.retort.storage.Digest;
import io.retort.storage.Storage;
import io.retort.storage.StoreReferences;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the vocabulary of texts: their most frequent tokens.
 *
 * <p>It is kept in {@code <root>/store/vocabularies/<fingerprint>.txt}, under the digest of the reader's settings and
 * of the name, length and time of each file, and texts that have one are not read again. At most {@value #MOST_TASKS}
 * tasks count, each the tokens of neighbouring files. A result has at most {@value #SPARE} times as many tokens as the
 * vocabulary will have (or {@value #LEAST}), a task counts at most twice that, and the driver gets at most
 * {@value #FAN_IN} results, whatever the size of the data: some 80 MB for a vocabulary of 20,000 tokens, 250 for the
 * largest. {@link TokenCounts} says what that costs in exactness.
 */
public final class VocabularyCount {
    private static final Logger LOG = LoggerFactory.getLogger(VocabularyCount.class);
    private static final String VERSION = "vocabulary/2";
    private static final int MOST_TASKS = 64;
    private static final int FAN_IN = 8;
    private static final int SPARE = 4;
    private static final int LEAST = 1 << 16;

    private final JavaSparkContext spark;
    private final Storage storage;
    private final Path root;

    public VocabularyCount(JavaSparkContext spark, Storage storage, Path root) {
        this.spark = spark;
        this.storage = storage;
        this.root = root;
    }

    /**
     * The vocabulary of a source; {@linkplain Vocabulary#none none} of one without texts.
     *
     * @param use hears of the file that keeps it
     */
    public Vocabulary of(ReaderSettings settings, StoreReferences use) {
        if (settings.texts().isEmpty()) {
            return Vocabulary.none();
        }
        TokenInput.Settings ids = settings.texts().get();
        if (ids.hasVocabulary()) {
            return ids.input(storage).vocabulary();
        }
        if (settings instanceof TextSettings texts) {
            List<Split> splits = texts.reader().splits(storage);
            return known(Optional.of(fingerprint(texts, splits)), ids, use, () -> make(texts.reader(), texts, splits));
        }
        Source source = settings.source(storage);
        return known(fingerprint(settings, source.parts()), ids, use, () -> {
            List<String> tokens = source.mostFrequentTokens();
            if (tokens.isEmpty()) {
                throw noTokens(source.place().map(Path::toString).orElse("the table"), ids.column());
            }
            return Vocabulary.of(tokens);
        });
    }

    /** @param key nothing of texts whose changes cannot be known, which are counted each time */
    private Vocabulary known(
            Optional<String> key, TokenInput.Settings ids, StoreReferences use, Supplier<Vocabulary> make) {
        Optional<String> entry = key.map(found -> "store/vocabularies/" + found + ".txt");
        use.announce(entry.stream().toList());
        Optional<Path> path = entry.map(name -> new Path(root, name));
        if (path.isPresent() && storage.exists(path.get())) {
            try {
                return Vocabulary.read(
                        storage.read(path.get(), Vocabulary.MAX_BYTES),
                        path.get().toString());
            } catch (ArtifactException e) {
                LOG.warn("{}; the texts are counted again", e.getMessage());
            }
        }
        Vocabulary made = make.get();
        LOG.info("{} tokens of at most {} in the vocabulary", made.tokens().size(), ids.mostTokens());
        path.ifPresent(file -> storage.write(file, made.toBytes()));
        return made;
    }

    private static ArtifactException noTokens(String place, String column) {
        return new ArtifactException(place + ": column " + column
                + " has no token in any row, so there is no vocabulary; name a column of texts");
    }

    private Vocabulary make(CsvReader reader, TextSettings texts, List<Split> splits) {
        int most = Math.max(LEAST, SPARE * texts.vocabulary());
        long limit = texts.limit().orElse(Long.MAX_VALUE);
        Storage travelling = storage;
        String column = texts.text();
        List<TokenCounts> counted = ParallelTasks.collectMerged(
                spark,
                groups(splits, limit == Long.MAX_VALUE ? MOST_TASKS : 1),
                FAN_IN,
                group -> count(reader, column, travelling, group.splits(), limit, most),
                TokenCounts::sum);
        TokenCounts all = TokenCounts.sum(counted);
        if (all.isEmpty()) {
            throw noTokens(splits.get(0).files().get(0).name(), texts.text());
        }
        return all.vocabulary(texts.vocabulary());
    }

    private static TokenCounts count(
            CsvReader reader, String column, Storage storage, List<Split> splits, long limit, int most) {
        TokenCounts counts = new TokenCounts(most);
        long left = limit;
        for (Split split : splits) {
            left -= reader.texts(storage, split, column, left, text -> counts.add(Tokens.of(text, Integer.MAX_VALUE)));
        }
        return counts.pruned();
    }

    private record Group(List<Split> splits) implements Serializable {}

    /** Neighbours, as equally many in each group as can be. */
    private static List<Group> groups(List<Split> splits, int most) {
        int count = Math.min(most, splits.size());
        List<Group> groups = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int from = (int) ((long) i * splits.size() / count);
            int to = (int) ((long) (i + 1) * splits.size() / count);
            groups.add(new Group(List.copyOf(splits.subList(from, to))));
        }
        return groups;
    }

    /** Of rows that Spark reads; nothing where it is not known whether they have changed. */
    private static Optional<String> fingerprint(ReaderSettings settings, List<Source.Part> parts) {
        Digest digest = new Digest()
                .add("frame-" + VERSION)
                .add(Vocabulary.TOKENS)
                .add(Sharding.SETTINGS.address(
                        (Record) settings, settings.files().keySet()));
        return parts.stream().allMatch(Source.Part::isVersioned)
                ? Optional.of(digest.addAll(parts).key())
                : Optional.empty();
    }

    /** Of all that the tokens depend on: neither the label nor the length. */
    public static String fingerprint(TextSettings texts, List<Split> splits) {
        return new Digest()
                .add(VERSION)
                .add(Vocabulary.TOKENS)
                .add(texts.text())
                .add(texts.delimiter())
                .add(texts.vocabulary())
                .add(texts.limit().orElse(0L))
                .addAll(splits)
                .key();
    }
}
