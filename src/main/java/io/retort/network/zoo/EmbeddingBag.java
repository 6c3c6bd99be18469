package io.retort.network.zoo;

import io.retort.network.Shape;
import io.retort.network.Structure;
import io.retort.network.TokenLayer;
import io.retort.network.Vocabulary;

/**
 * Kind {@code embedding-bag}: the mean of the vectors of a text's tokens, and one dense layer (Joulin, Grave, Bojanowski, Mikolov 2016,
 * "Bag of tricks for efficient text classification", arXiv:1607.01759, section 2). The paper's bags of n-grams are not there.
 *
 * @param dimension of the vectors; the paper has 10
 */
public record EmbeddingBag(int dimension) implements ArchitectureSettings {
    public EmbeddingBag {
        Settings.requirePositive("dimension", dimension);
    }

    @Override
    public Structure build(Shape input, int classes) {
        throw Settings.needsTexts("embedding-bag", input);
    }

    @Override
    public Structure buildForTexts(Vocabulary vocabulary, int length, int classes) {
        return Blocks.over(Shape.vector(length))
                .then("bag", new TokenLayer.EmbeddingBag(vocabulary, dimension))
                .classify(classes);
    }
}
