package io.retort.network.zoo;

import io.retort.config.SettingException;
import io.retort.network.Layer;
import io.retort.network.Layer.Bias;
import io.retort.network.Layer.Pool;
import io.retort.network.Shape;
import io.retort.network.ShapeException;
import io.retort.network.Structure;
import io.retort.network.TokenLayer;
import io.retort.network.Vocabulary;
import io.retort.network.Window;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;

/** Architectures for texts, and for nothing else. */
public interface TextArchitecture extends Architecture {
    @Override
    default Structure build(Shape input, int classes) {
        String architecture = Architecture.CATALOGUE.kindOf(this).name();
        throw new ShapeException("architecture '" + architecture
                + "' needs texts, token ids of a reader of kind 'text', but the samples are "
                + (input.isImage() ? "images " : "vectors ") + input + "; "
                + (input.isImage() ? "'conv-net'" : "'mlp'") + " takes them");
    }

    /**
     * Kind {@code embedding-bag}: the mean of the vectors of a text's tokens, and one dense layer (Joulin, Grave,
     * Bojanowski, Mikolov 2016, "Bag of tricks for efficient text classification", arXiv:1607.01759, section 2). The
     * paper's bags of n-grams are not there.
     *
     * @param dimension of the vectors; the paper has 10
     */
    record EmbeddingBag(int dimension) implements TextArchitecture {
        public EmbeddingBag {
            SettingException.requirePositive("dimension", dimension);
        }

        @Override
        public Structure buildForTexts(Vocabulary vocabulary, int length, int classes) {
            return Blocks.over(Shape.vector(length))
                    .then("bag", new TokenLayer.EmbeddingBag(vocabulary, dimension))
                    .classify(classes);
        }
    }

    /**
     * Kind {@code text-cnn}: convolutions that see some neighbouring tokens each, with ReLU, and of every filter the
     * greatest value in the text; then one dense layer (Kim 2014, "Convolutional neural networks for sentence
     * classification", arXiv:1408.5882, section 2, with one channel of vectors, which are trained). The paper's dropout
     * and limit of the norm are not there.
     *
     * @param dimension of the tokens' vectors; the paper has 300
     * @param widths the tokens that a convolution sees; the paper has 3, 4 and 5
     * @param filters of each width; the paper has 100
     */
    record TextCnn(int dimension, List<Integer> widths, int filters) implements TextArchitecture {
        public TextCnn {
            widths = List.copyOf(widths);
            SettingException.requirePositive("dimension", dimension);
            SettingException.requirePositive("filters", filters);
            SettingChecks.requireAllPositive("widths", widths);
            if (widths.isEmpty() || new HashSet<>(widths).size() < widths.size()) {
                throw new SettingException("widths", "must be one or more, all different, was " + widths);
            }
        }

        @Override
        public Structure buildForTexts(Vocabulary vocabulary, int length, int classes) {
            int widest = Collections.max(widths);
            if (length < widest) {
                throw new ShapeException("architecture 'text-cnn' needs texts of at least " + widest
                        + " tokens, its widest convolution, but the samples have a length of " + length);
            }
            Blocks network = Blocks.over(Shape.vector(length))
                    .then("embedding", new TokenLayer.Embedding(vocabulary, dimension));
            for (int width : widths) {
                String name = "width" + width;
                int places = length - width + 1;
                network.join(name + ".conv", new Layer.Conv(filters, row(width), Bias.PER_CHANNEL), "embedding")
                        .relu(name)
                        .then(name + ".max", new Pool(Pool.Kind.MAX, row(places)));
            }
            if (widths.size() > 1) {
                network.join(
                        "concat",
                        new Layer.Concat(),
                        widths.stream().map(width -> "width" + width + ".max").toArray(String[]::new));
            }
            return network.flatten().classify(classes);
        }

        private static Window row(int width) {
            return new Window(1, width, 1, 1, 0, 0);
        }
    }
}
