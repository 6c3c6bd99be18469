package io.retort.data.encode;

import io.retort.config.FilePaths.FilePath;
import io.retort.config.PartlyIdle;
import io.retort.config.SettingException;
import io.retort.data.DataType;
import io.retort.data.InputEncoder;
import io.retort.data.Rows;
import io.retort.network.Shape;
import io.retort.network.TokenizerJson;
import io.retort.network.Vocabulary;
import io.retort.storage.ArtifactException;
import io.retort.storage.Digest;
import io.retort.storage.Storage;
import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.hadoop.fs.Path;

/**
 * The ids of the first {@code length} tokens of a text ({@link TextIds}). A shorter text is padded. Ids have two bytes
 * each, or four where two are too few, and travel as floats, which hold them exactly.
 */
public record TokenInput(String column, int length, Vocabulary vocabulary) implements InputEncoder {
    /**
     * How a recipe has a text become ids.
     *
     * @param column of texts
     * @param length tokens of each sample: longer texts are cut, shorter ones padded
     * @param vocabulary how many different tokens have ids at most, the most frequent of the training texts; where
     *     nothing is said {@value #USUAL_VOCABULARY}
     * @param vocabularyFile has the tokens instead, one per line
     * @param tokenizer a {@code tokenizer.json} of Hugging Face that makes the ids instead
     */
    public record Settings(
            String column,
            int length,
            Optional<Integer> vocabulary,
            @FilePath Optional<String> vocabularyFile,
            @FilePath Optional<String> tokenizer)
            implements PartlyIdle {
        private static final int USUAL_VOCABULARY = 20_000;
        private static final int LEAST_OF_A_TOKENIZER = 3;
        private static final String FILE = "vocabulary-file";
        private static final String TOKENIZER = "tokenizer";

        public Settings {
            if (column.isBlank()) {
                throw new SettingException("column", "must be the name of a column, was empty");
            }
            if (length < 1 || length > 1 << 16) {
                throw new SettingException("length", "must be in [1, 65536] tokens, was " + length);
            }
            int most = vocabulary.orElse(USUAL_VOCABULARY);
            if (most < 1 || most > Vocabulary.MAX_TOKENS) {
                throw new SettingException(
                        "vocabulary",
                        "must be in [1, " + Vocabulary.MAX_TOKENS + "] tokens, for ids have 16 bits, was " + most);
            }
            if (tokenizer.isPresent() && vocabularyFile.isPresent()) {
                throw new SettingException(TOKENIZER, "must not stand beside vocabulary-file, for it has a vocabulary");
            }
            if (tokenizer.isPresent() && length < LEAST_OF_A_TOKENIZER) {
                throw new SettingException(
                        "length",
                        "must be at least " + LEAST_OF_A_TOKENIZER
                                + " beside tokenizer, which may add two tokens to each text, was " + length);
            }
        }

        /** At most so many tokens have ids. */
        public int mostTokens() {
            return vocabulary.orElse(USUAL_VOCABULARY);
        }

        /** Whether the vocabulary is that of a file, and not one of the training texts. */
        public boolean hasVocabulary() {
            return vocabularyFile.isPresent() || tokenizer.isPresent();
        }

        @Override
        public Map<String, String> idle() {
            return tokenizer
                    .map(file -> Map.of("vocabulary", "tokenizer has its own"))
                    .or(() -> vocabularyFile.map(file -> Map.of("vocabulary", "vocabulary-file has the tokens")))
                    .orElseGet(Map::of);
        }

        /**
         * The files of the vocabulary, by the settings that name them.
         *
         * @param before the names of these settings
         */
        public Map<String, List<String>> files(String before) {
            Map<String, List<String>> files = new LinkedHashMap<>();
            vocabularyFile.ifPresent(file -> files.put(before + FILE, List.of(file)));
            tokenizer.ifPresent(file -> files.put(before + TOKENIZER, List.of(file)));
            return files;
        }

        /**
         * With the vocabulary of a file, or a placeholder for that of the training texts, which is made before they are
         * sharded.
         */
        public TokenInput input(Storage storage) {
            Vocabulary known = vocabularyFile
                    .map(path -> Vocabulary.read(storage.read(new Path(path), Vocabulary.MAX_BYTES), path))
                    .or(() -> tokenizer.map(path ->
                            TokenInput.vocabulary(storage.read(new Path(path), TokenizerJson.MAX_BYTES), path, length)))
                    .orElseGet(() -> Vocabulary.standIn(mostTokens()));
            return new TokenInput(column, length, known);
        }
    }

    /**
     * The vocabulary of a {@code tokenizer.json}, which the library has taken.
     *
     * @param origin names the file in messages
     * @throws ArtifactException if it is something else
     */
    public static Vocabulary vocabulary(byte[] tokenizer, String origin, int length) {
        Vocabulary vocabulary = Vocabulary.of(TokenizerJson.read(tokenizer, origin));
        try {
            TextIds.of(vocabulary, length);
            return vocabulary;
        } catch (ArtifactException e) {
            throw new ArtifactException(origin + " " + e.getMessage(), e);
        }
    }

    @Override
    public Shape shape() {
        return Shape.vector(length);
    }

    @Override
    public DataType element() {
        return vocabulary.size() <= 1 << Short.SIZE ? DataType.UINT16 : DataType.FLOAT32;
    }

    @Override
    public List<String> columns() {
        return List.of(column);
    }

    @Override
    public TokenInput with(Vocabulary other) {
        return new TokenInput(column, length, other);
    }

    @Override
    public byte[] encode(Rows rows) {
        String[] texts = rows.texts(column);
        TextIds from = TextIds.of(vocabulary, length);
        float[] ids = new float[Math.multiplyExact(texts.length, length)];
        for (int row = 0; row < texts.length; row++) {
            int at = row * length;
            for (int id : from.ids(text(texts, row)).ids()) {
                ids[at++] = id;
            }
        }
        byte[] stored = new byte[ids.length * element().bytes()];
        element().encode(ids, 0, stored, 0, ids.length);
        return stored;
    }

    /** Counts what the vocabulary knows of the texts. */
    public TextCounts counts(Rows rows) {
        String[] texts = rows.texts(column);
        TextIds from = TextIds.of(vocabulary, length);
        long tokens = 0;
        long unknown = 0;
        long wholly = 0;
        long cut = 0;
        for (int row = 0; row < texts.length; row++) {
            TextIds.Cut text = from.ids(text(texts, row));
            long own = IntStream.of(text.ids())
                    .filter(id -> id != vocabulary.padding() && !vocabulary.isSpecial(id))
                    .count();
            long ownUnknown =
                    IntStream.of(text.ids()).filter(vocabulary::isUnknown).count();
            tokens += own;
            unknown += ownUnknown;
            wholly += own == ownUnknown ? 1 : 0;
            cut += text.isCut() ? 1 : 0;
        }
        return new TextCounts(texts.length, tokens, unknown, wholly, cut);
    }

    private static String text(String[] texts, int row) {
        return texts[row] == null ? "" : texts[row];
    }

    @Override
    public void addTo(Digest digest) {
        digest.add(vocabulary.rule()).add(column).add(length).add(vocabulary.digest());
    }

    /**
     * How much of texts a vocabulary knows.
     *
     * @param texts all of them
     * @param tokens of them, those that are cut off left out
     * @param unknown tokens that are not in the vocabulary
     * @param whollyUnknown texts without any known token, those without any token among them
     * @param cut texts that are longer than a sample
     */
    public record TextCounts(long texts, long tokens, long unknown, long whollyUnknown, long cut)
            implements Serializable {
        /** The sum of several. */
        public static TextCounts sum(List<TextCounts> parts) {
            return parts.stream().reduce(new TextCounts(0, 0, 0, 0, 0), TextCounts::plus);
        }

        /** The share of the tokens that are unknown; 1 where there are none. */
        public double unknownShare() {
            return share(unknown, tokens);
        }

        /** The share of the texts without any known token. */
        public double whollyUnknownShare() {
            return share(whollyUnknown, texts);
        }

        /** The share of the texts that are cut. */
        public double cutShare() {
            return share(cut, texts);
        }

        private TextCounts plus(TextCounts other) {
            return new TextCounts(
                    texts + other.texts,
                    tokens + other.tokens,
                    unknown + other.unknown,
                    whollyUnknown + other.whollyUnknown,
                    cut + other.cut);
        }

        private static double share(long part, long whole) {
            return whole == 0 ? 1 : (double) part / whole;
        }
    }
}
