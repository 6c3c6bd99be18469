package io.retort.network;

/**
 * The layers that read token ids: the network's input, {@code [length]}, and nothing else. Each has a row of numbers
 * for every id.
 *
 * <p>Parameter {@code table [vocabulary, dimension]}. The row of padding counts as zeros whatever it holds, and has no
 * gradient. Weight decay leaves tables alone, for it would wear rare tokens away between their occurrences.
 */
public sealed interface TokenLayer extends Layer {
    /** The name of the parameter. */
    String TABLE = "table";

    Vocabulary vocabulary();

    int dimension();

    /**
     * The rows of a text's tokens side by side, as an image of one row: ids {@code [length]} to
     * {@code [dimension, 1, length]} (the first layer of Kim 2014, arXiv:1408.5882, section 2).
     */
    record Embedding(Vocabulary vocabulary, int dimension) implements TokenLayer {
        public Embedding {
            require("embedding", vocabulary, dimension);
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.embedding(this);
        }
    }

    /**
     * The mean of the rows of a text's tokens, padding not among them: ids {@code [length]} to {@code [dimension]},
     * zeros for a text without tokens (Joulin, Grave, Bojanowski, Mikolov 2016, arXiv:1607.01759, section 2).
     */
    record EmbeddingBag(Vocabulary vocabulary, int dimension) implements TokenLayer {
        public EmbeddingBag {
            require("embedding-bag", vocabulary, dimension);
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.embeddingBag(this);
        }
    }

    /** The table as engines compute with it: its row of padding is 0. */
    default Tensor withoutPadding(Tensor table) {
        float[] values = table.values().clone();
        int from = vocabulary().padding() * dimension();
        java.util.Arrays.fill(values, from, from + dimension(), 0);
        return new Tensor(table.sizes(), values);
    }

    private static void require(String kind, Vocabulary vocabulary, int dimension) {
        ShapeException.requirePositive(kind + " dimension", dimension);
        if (vocabulary.isNone()) {
            throw new ShapeException(kind + " needs a vocabulary of at least one token");
        }
    }
}
