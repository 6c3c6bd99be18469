package io.retort.data.shard;

import io.retort.data.encode.TokenCounts;
import io.retort.data.encode.Tokens;
import io.retort.data.source.CsvReader;
import io.retort.data.source.ReaderSettings;
import io.retort.data.source.TextSettings;
import io.retort.data.source.file.Split;
import io.retort.network.Vocabulary;
import io.retort.spark.ParallelTasks;
import io.retort.storage.ArtifactException;
import io.retort.storage.Digest;
import io.retort.storage.Storage;
import io.retort.storage.StoreReferences;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
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
        if (!(settings instanceof TextSettings texts)) {
            return Vocabulary.none();
        }
        CsvReader reader = texts.reader();
        List<Split> splits = reader.splits(storage);
        if (texts.hasVocabulary()) {
            return reader.schema(storage, splits).vocabulary();
        }
        String entry = "store/vocabularies/" + fingerprint(texts, splits) + ".txt";
        use.announce(List.of(entry));
        Path path = new Path(root, entry);
        if (storage.exists(path)) {
            try {
                return Vocabulary.read(storage.read(path, Vocabulary.MAX_BYTES), path.toString());
            } catch (ArtifactException e) {
                LOG.warn("{}; the texts are counted again", e.getMessage());
            }
        }
        Vocabulary made = make(reader, texts, splits);
        LOG.info("{} tokens of at most {} in the vocabulary", made.tokens().size(), texts.vocabulary());
        storage.write(path, made.toBytes());
        return made;
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
            throw new ArtifactException(splits.get(0).files().get(0).name() + ": column " + texts.text()
                    + " has no token in any row, so there is no vocabulary; name a column of texts");
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
