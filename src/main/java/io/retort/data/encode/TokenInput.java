package io.retort.data.encode;

import io.retort.data.DataType;
import io.retort.data.InputEncoder;
import io.retort.data.Rows;
import io.retort.network.Shape;
import io.retort.network.TokenizerJson;
import io.retort.network.Vocabulary;
import io.retort.storage.ArtifactException;
import io.retort.storage.Digest;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The ids of the first {@code length} tokens of a text ({@link TextIds}). A shorter text is padded. Ids have two bytes
 * each, or four where two are too few, and travel as floats, which hold them exactly.
 */
public record TokenInput(String column, int length, Vocabulary vocabulary) implements InputEncoder {
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
}
