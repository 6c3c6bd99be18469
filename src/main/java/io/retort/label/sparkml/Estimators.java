package io.retort.label.sparkml;

import io.retort.config.Catalogue;
import io.retort.config.Catalogue.Kind;
import io.retort.config.SettingException;
import java.io.Serializable;
import org.apache.spark.ml.classification.GBTClassifier;
import org.apache.spark.ml.classification.LogisticRegression;
import org.apache.spark.ml.classification.ProbabilisticClassifier;
import org.apache.spark.ml.classification.RandomForestClassifier;
import org.apache.spark.ml.linalg.Vector;

/** The kinds of classifiers that are fitted here. */
public final class Estimators {
    public static final Catalogue<EstimatorSettings> CATALOGUE = Catalogue.of(
            "estimators",
            EstimatorSettings.class,
            new Kind<>(
                    "gradient-boosted-trees",
                    BoostedTrees.class,
                    "trees of which each mends those before it; of two classes",
                    "Friedman 2001, doi:10.1214/aos/1013203451"),
            new Kind<>(
                    "logistic-regression",
                    Regression.class,
                    "a softmax of weighted sums of the columns",
                    "Cox 1958, doi:10.1111/j.2517-6161.1958.tb00292.x"),
            new Kind<>(
                    "random-forest",
                    Forest.class,
                    "the mean of many trees, each of rows and columns drawn anew",
                    "Breiman 2001, doi:10.1023/A:1010933404324"));

    /** Trees in Spark have nodes of 31 bits, the first for the root. */
    private static final int MAX_DEPTH = 30;

    private Estimators() {}

    /**
     * Kind {@code random-forest}.
     *
     * @param depth of a tree at most
     * @param minRows in a leaf
     * @param bins between which a column's values are split
     */
    public record Forest(int trees, int depth, int minRows, int bins) implements EstimatorSettings {
        public Forest {
            checkTrees(trees, depth, minRows, bins);
        }

        @Override
        public ProbabilisticClassifier<Vector, ?, ?> classifier(long seed) {
            return new RandomForestClassifier()
                    .setNumTrees(trees)
                    .setMaxDepth(depth)
                    .setMinInstancesPerNode(minRows)
                    .setMaxBins(bins)
                    .setSeed(seed);
        }

        /** A third of a forest's probabilities may be exact zeros; as if each class had one more vote. */
        @Override
        public double floor(int classes) {
            return 1.0 / (trees + classes);
        }
    }

    /**
     * Kind {@code gradient-boosted-trees}.
     *
     * @param depth of a tree at most
     * @param learningRate by which each tree counts
     * @param minRows in a leaf
     * @param bins between which a column's values are split
     */
    public record BoostedTrees(int trees, int depth, double learningRate, int minRows, int bins)
            implements EstimatorSettings {
        public BoostedTrees {
            checkTrees(trees, depth, minRows, bins);
            if (!(learningRate > 0 && learningRate <= 1)) {
                throw new SettingException("learning-rate", "must be in (0, 1], was " + learningRate);
            }
        }

        @Override
        public ProbabilisticClassifier<Vector, ?, ?> classifier(long seed) {
            return new GBTClassifier()
                    .setMaxIter(trees)
                    .setMaxDepth(depth)
                    .setStepSize(learningRate)
                    .setMinInstancesPerNode(minRows)
                    .setMaxBins(bins)
                    .setSeed(seed);
        }

        @Override
        public String obstacle(int classes) {
            return classes == 2 ? "" : "is for two classes, and the data has " + classes + "; take random-forest";
        }
    }

    /**
     * Kind {@code logistic-regression}. Columns are standardised while it is fitted.
     *
     * @param decay λ of the term {@code λ/2 · Σ w²} that the loss has beside the cross-entropy
     * @param iterations at most
     */
    public record Regression(double decay, int iterations) implements EstimatorSettings {
        public Regression {
            if (!(decay >= 0 && decay < Double.POSITIVE_INFINITY)) {
                throw new SettingException("decay", "must be finite and >= 0, was " + decay);
            }
            if (iterations < 1) {
                throw new SettingException("iterations", "must be >= 1, was " + iterations);
            }
        }

        /** It draws nothing, so the seed has no effect. */
        @Override
        public ProbabilisticClassifier<Vector, ?, ?> classifier(long seed) {
            return new LogisticRegression().setRegParam(decay).setMaxIter(iterations);
        }
    }

    private static void checkTrees(int trees, int depth, int minRows, int bins) {
        if (trees < 1) {
            throw new SettingException("trees", "must be >= 1, was " + trees);
        }
        if (depth < 1 || depth > MAX_DEPTH) {
            throw new SettingException("depth", "must be in [1, " + MAX_DEPTH + "], was " + depth);
        }
        if (minRows < 1) {
            throw new SettingException("min-rows", "must be >= 1, was " + minRows);
        }
        if (bins < 2) {
            throw new SettingException("bins", "must be >= 2, was " + bins);
        }
    }

    /** The settings of a classifier of Spark ML that is fitted here. */
    public interface EstimatorSettings extends Serializable {
        /** With these settings; the same seed and rows give the same model. */
        ProbabilisticClassifier<Vector, ?, ?> classifier(long seed);

        /** The least probability where a recipe names none. */
        default double floor(int classes) {
            return 1e-6;
        }

        /** Why it cannot tell so many classes apart; empty where it can. */
        default String obstacle(int classes) {
            return "";
        }
    }
}
