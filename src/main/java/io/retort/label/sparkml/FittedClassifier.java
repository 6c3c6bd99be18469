package io.retort.label.sparkml;

import io.retort.storage.ArtifactException;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.ml.classification.GBTClassificationModel;
import org.apache.spark.ml.classification.LogisticRegressionModel;
import org.apache.spark.ml.classification.RandomForestClassificationModel;
import org.apache.spark.ml.linalg.Matrix;
import org.apache.spark.ml.tree.ContinuousSplit;
import org.apache.spark.ml.tree.DecisionTreeModel;
import org.apache.spark.ml.tree.InternalNode;
import org.apache.spark.ml.tree.Node;

/**
 * A classifier of Spark ML as arrays: its probabilities are those of Spark's {@code predictProbability}, up to
 * rounding.
 *
 * <p>Spark keeps the counts of all classes in each node of a forest, a hundred times what its leaves need, so six
 * models of 300 trees do not fit beside each other on a small driver; and it reads saved models on the driver only.
 */
public sealed interface FittedClassifier extends Serializable {
    /** Those of all classes for a row. */
    double[] probabilities(double[] row);

    /** Writes what {@link #read} reads. */
    void write(DataOutputStream out) throws IOException;

    /** The arrays of a model. */
    static FittedClassifier of(Object model) {
        if (model instanceof RandomForestClassificationModel forest) {
            return Trees.forest(forest);
        } else if (model instanceof GBTClassificationModel boosted) {
            return Trees.boosted(boosted);
        } else if (model instanceof LogisticRegressionModel regression) {
            return Linear.of(regression);
        }
        throw new IllegalArgumentException("no classifier that is fitted here: " + model.getClass());
    }

    static FittedClassifier read(DataInputStream in) throws IOException {
        int kind = in.readByte();
        return switch (kind) {
            case Linear.KIND -> Linear.read(in);
            case 0 -> Trees.read(Vote.MEAN, in);
            case 1 -> Trees.read(Vote.HALF_LOG_ODDS, in);
            default -> throw new ArtifactException("holds a model of the unknown kind " + kind);
        };
    }

    /** What the sums over trees mean. */
    enum Vote {
        /** A tree gives a distribution, and the mean of all counts. */
        MEAN {
            @Override
            void toProbabilities(double[] sums) {
                double total = Arrays.stream(sums).sum();
                for (int c = 0; c < sums.length; c++) {
                    sums[c] /= total;
                }
            }
        },
        /** A tree gives half log-odds of the second class, with its weight. */
        HALF_LOG_ODDS {
            @Override
            void toProbabilities(double[] sums) {
                sums[1] = 1 / (1 + Math.exp(-2 * sums[1]));
                sums[0] = 1 - sums[1];
            }
        };

        abstract void toProbabilities(double[] sums);
    }

    /**
     * Trees, one after the other, each node before those below it.
     *
     * @param feature that an inner node compares, or −1 − (the number of classes that a leaf names)
     * @param threshold up to which an inner node's rows go to the node after it
     * @param next where an inner node's other rows go, or the first class that a leaf names
     * @param named classes that leaves name, and {@code values} what they get
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Trees(
            Vote vote,
            int classes,
            int[] roots,
            int[] feature,
            double[] threshold,
            int[] next,
            int[] named,
            double[] values)
            implements FittedClassifier {
        static Trees forest(RandomForestClassificationModel forest) {
            Builder builder = new Builder(forest.treeWeights());
            for (int tree = 0; tree < forest.trees().length; tree++) {
                builder.add(forest.trees()[tree], node -> {
                    double[] counts = node.impurityStats().stats();
                    double total = Arrays.stream(counts).sum();
                    return Arrays.stream(counts)
                            .map(count -> total == 0 ? 0 : count / total)
                            .toArray();
                });
            }
            return builder.trees(Vote.MEAN, forest.numClasses());
        }

        static Trees boosted(GBTClassificationModel boosted) {
            Builder builder = new Builder(boosted.treeWeights());
            for (int tree = 0; tree < boosted.trees().length; tree++) {
                builder.add(boosted.trees()[tree], node -> new double[] {0, node.prediction()});
            }
            return builder.trees(Vote.HALF_LOG_ODDS, 2);
        }

        @Override
        public double[] probabilities(double[] row) {
            double[] sums = new double[classes];
            for (int root : roots) {
                int node = root;
                while (feature[node] >= 0) {
                    node = row[feature[node]] <= threshold[node] ? node + 1 : next[node];
                }
                for (int i = next[node]; i < next[node] - 1 - feature[node]; i++) {
                    sums[named[i]] += values[i];
                }
            }
            vote.toProbabilities(sums);
            return sums;
        }

        @Override
        public void write(DataOutputStream out) throws IOException {
            out.writeByte(vote == Vote.MEAN ? 0 : 1);
            out.writeInt(classes);
            for (int[] ints : List.of(roots, feature, next, named)) {
                writeInts(out, ints);
            }
            writeDoubles(out, threshold);
            writeDoubles(out, values);
        }

        static Trees read(Vote vote, DataInputStream in) throws IOException {
            int classes = in.readInt();
            int[] roots = ints(in);
            int[] feature = ints(in);
            int[] next = ints(in);
            int[] named = ints(in);
            return new Trees(vote, classes, roots, feature, doubles(in), next, named, doubles(in));
        }
    }

    /** Gathers trees. */
    final class Builder {
        private final double[] weights;
        private final List<Integer> roots = new ArrayList<>();
        private final List<Integer> feature = new ArrayList<>();
        private final List<Double> threshold = new ArrayList<>();
        private final List<Integer> next = new ArrayList<>();
        private final List<Integer> named = new ArrayList<>();
        private final List<Double> values = new ArrayList<>();

        private Builder(double[] weights) {
            this.weights = weights;
        }

        /** The values of all classes that a leaf gives. */
        private interface Leaf {
            double[] values(Node node);
        }

        private void add(DecisionTreeModel tree, Leaf leaf) {
            double weight = weights[roots.size()];
            roots.add(feature.size());
            add(tree.rootNode(), leaf, weight);
        }

        /** Trees are at most 30 nodes deep. */
        private void add(Node node, Leaf leaf, double weight) {
            int place = feature.size();
            if (node instanceof InternalNode inner) {
                if (!(inner.split() instanceof ContinuousSplit split)) {
                    throw new ArtifactException("a tree compares categories, which columns of numbers do not have");
                }
                feature.add(split.featureIndex());
                threshold.add(split.threshold());
                next.add(0);
                add(inner.leftChild(), leaf, weight);
                next.set(place, feature.size());
                add(inner.rightChild(), leaf, weight);
                return;
            }
            double[] all = leaf.values(node);
            int first = named.size();
            for (int c = 0; c < all.length; c++) {
                if (all[c] != 0) {
                    named.add(c);
                    values.add(weight * all[c]);
                }
            }
            feature.add(-1 - (named.size() - first));
            threshold.add(0.0);
            next.add(first);
        }

        private Trees trees(Vote vote, int classes) {
            return new Trees(
                    vote,
                    classes,
                    ints(roots),
                    ints(feature),
                    doubles(threshold),
                    ints(next),
                    ints(named),
                    doubles(values));
        }

        private static int[] ints(List<Integer> list) {
            return list.stream().mapToInt(Integer::intValue).toArray();
        }

        private static double[] doubles(List<Double> list) {
            return list.stream().mapToDouble(Double::doubleValue).toArray();
        }
    }

    /**
     * A softmax of weighted sums.
     *
     * @param weights {@code [classes, columns]}, one class after the other
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Linear(double[] intercepts, double[] weights) implements FittedClassifier {
        private static final int KIND = -1;

        /** That of two classes may have the log-odds of the second one only. */
        static Linear of(LogisticRegressionModel model) {
            Matrix coefficients = model.coefficientMatrix();
            int columns = coefficients.numCols();
            int first = coefficients.numRows() == 1 ? 1 : 0;
            double[] intercepts = new double[coefficients.numRows() + first];
            double[] weights = new double[intercepts.length * columns];
            for (int row = 0; row < coefficients.numRows(); row++) {
                intercepts[row + first] = model.interceptVector().apply(row);
                for (int column = 0; column < columns; column++) {
                    weights[(row + first) * columns + column] = coefficients.apply(row, column);
                }
            }
            return new Linear(intercepts, weights);
        }

        @Override
        public double[] probabilities(double[] row) {
            double[] sums = intercepts.clone();
            double largest = Double.NEGATIVE_INFINITY;
            for (int c = 0; c < sums.length; c++) {
                for (int column = 0; column < row.length; column++) {
                    sums[c] += weights[c * row.length + column] * row[column];
                }
                largest = Math.max(largest, sums[c]);
            }
            double total = 0;
            for (int c = 0; c < sums.length; c++) {
                sums[c] = Math.exp(sums[c] - largest);
                total += sums[c];
            }
            for (int c = 0; c < sums.length; c++) {
                sums[c] /= total;
            }
            return sums;
        }

        @Override
        public void write(DataOutputStream out) throws IOException {
            out.writeByte(KIND);
            writeDoubles(out, intercepts);
            writeDoubles(out, weights);
        }

        static Linear read(DataInputStream in) throws IOException {
            return new Linear(doubles(in), doubles(in));
        }
    }

    private static void writeInts(DataOutputStream out, int[] values) throws IOException {
        out.writeInt(values.length);
        for (int value : values) {
            out.writeInt(value);
        }
    }

    private static void writeDoubles(DataOutputStream out, double[] values) throws IOException {
        out.writeInt(values.length);
        for (double value : values) {
            out.writeDouble(value);
        }
    }

    private static int[] ints(DataInputStream in) throws IOException {
        int[] values = new int[in.readInt()];
        for (int i = 0; i < values.length; i++) {
            values[i] = in.readInt();
        }
        return values;
    }

    private static double[] doubles(DataInputStream in) throws IOException {
        double[] values = new double[in.readInt()];
        for (int i = 0; i < values.length; i++) {
            values[i] = in.readDouble();
        }
        return values;
    }
}
