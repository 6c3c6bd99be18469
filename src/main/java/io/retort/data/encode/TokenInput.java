package io.retort.data.encode;

import io.retort.data.DataType;
import io.retort.data.InputEncoder;
import io.retort.data.Rows;
import io.retort.network.Shape;
import io.retort.network.Vocabulary;
import io.retort.storage.Digest;
import java.util.List;

/**
 * The ids of the first {@code length} tokens of a text ({@link Tokens}). A shorter text is padded with id 0, and one
 * without any token is padding only. Ids have two bytes each, and travel as floats, which hold them exactly.
 */
public record TokenInput(String column, int length, Vocabulary vocabulary) implements InputEncoder {
    @Override
    public Shape shape() {
        return Shape.vector(length);
    }

    @Override
    public DataType element() {
        return DataType.UINT16;
    }

    @Override
    public List<String> columns() {
        return List.of(column);
    }

    @Override
    public TokenInput with(Vocabulary other) {
        return new TokenInput(column, length, other);
    }

    /** Those of one text, {@code [length]}. */
    int[] ids(String text) {
        int[] ids = new int[length];
        int at = 0;
        for (String token : Tokens.of(text, length)) {
            ids[at++] = vocabulary.id(token);
        }
        return ids;
    }

    @Override
    public byte[] encode(Rows rows) {
        String[] texts = rows.texts(column);
        float[] ids = new float[Math.multiplyExact(texts.length, length)];
        for (int row = 0; row < texts.length; row++) {
            int at = row * length;
            for (int id : ids(text(texts, row))) {
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
        long tokens = 0;
        long unknown = 0;
        long wholly = 0;
        long cut = 0;
        for (int row = 0; row < texts.length; row++) {
            List<String> all = Tokens.of(text(texts, row), length + 1);
            List<String> own = all.subList(0, Math.min(length, all.size()));
            long ownUnknown = own.stream()
                    .filter(token -> vocabulary.id(token) == Vocabulary.UNKNOWN)
                    .count();
            tokens += own.size();
            unknown += ownUnknown;
            wholly += own.size() == ownUnknown ? 1 : 0;
            cut += all.size() > length ? 1 : 0;
        }
        return new TextCounts(texts.length, tokens, unknown, wholly, cut);
    }

    private static String text(String[] texts, int row) {
        return texts[row] == null ? "" : texts[row];
    }

    @Override
    public void addTo(Digest digest) {
        digest.add(Vocabulary.TOKENS).add(column).add(length).add(vocabulary.digest());
    }
}
