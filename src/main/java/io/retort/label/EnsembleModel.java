package io.retort.label;

import io.retort.config.Names;
import io.retort.engine.Softmax;
import io.retort.predict.Model;
import io.retort.predict.Model.ModelHandle;
import io.retort.predict.ModelStore;
import io.retort.predict.RowBatch;
import io.retort.storage.Digest;
import java.util.ArrayList;
import java.util.List;

/**
 * Several models as one: the weighted mean of their logits, or the logarithm of the weighted mean of their
 * probabilities.
 *
 * <p>Hinton, Vinyals and Dean (2015, section 1, arXiv:1503.02531) take an arithmetic or a geometric mean of the
 * members' distributions as soft targets. With weights {@code w} that add up to 1 and a member's logits {@code z}:
 *
 * <ul>
 *   <li>logits: {@code Σ w·z}, whose softmax is the (normalised) geometric mean; one member that is sure of the
 *   opposite spoils it;
 *   <li>probabilities: {@code log Σ w·softmax(z)}, log-probabilities in nats, whose softmax at temperature 1 is the
 *   arithmetic mean. At another temperature T a loss softens that mean, {@code mean^(1/T)} normalised, which is not the
 *   mean of the members' softened distributions.
 * </ul>
 *
 * <p>Logits are {@code [batch, classes]}. Sums are in double precision.
 */
public final class EnsembleModel implements Model {
    /** What is averaged. */
    public enum Average {
        LOGITS,
        PROBABILITIES
    }

    private final List<Model> members;
    private final double[] weights;
    private final Average average;

    /** @param weights one for each member; they add up to 1 */
    private EnsembleModel(List<Model> members, double[] weights, Average average) {
        this.members = members;
        this.weights = weights;
        this.average = average;
    }

    @Override
    public float[] predict(RowBatch rows) {
        int batch = rows.size();
        List<float[]> outputs =
                members.stream().map(member -> member.predict(rows)).toList();
        int length = outputs.get(0).length;
        for (float[] logits : outputs) {
            if (logits.length != length) {
                throw new IllegalArgumentException("the members of an ensemble must know the same classes, but for "
                        + batch + " samples one gives " + length + " logits and another " + logits.length);
            }
        }
        return mean(outputs, weights, average, length / batch);
    }

    /**
     * The mean of what several give for the same rows.
     *
     * @param outputs logits {@code [rows, classes]} of each
     * @param weights one for each, which add up to 1
     */
    static float[] mean(List<float[]> outputs, double[] weights, Average average, int classes) {
        return average == Average.LOGITS
                ? meanLogits(outputs, weights)
                : logMeanProbabilities(outputs, weights, classes);
    }

    private static float[] meanLogits(List<float[]> outputs, double[] weights) {
        float[] mean = new float[outputs.get(0).length];
        for (int i = 0; i < mean.length; i++) {
            double sum = 0;
            for (int member = 0; member < weights.length; member++) {
                sum += weights[member] * outputs.get(member)[i];
            }
            mean[i] = (float) sum;
        }
        return mean;
    }

    private static float[] logMeanProbabilities(List<float[]> outputs, double[] weights, int classes) {
        float[] mean = new float[outputs.get(0).length];
        double[][] logs = new double[weights.length][classes];
        double[] ofOneClass = new double[weights.length];
        for (int from = 0; from < mean.length; from += classes) {
            for (int member = 0; member < weights.length; member++) {
                for (int c = 0; c < classes; c++) {
                    logs[member][c] = outputs.get(member)[from + c];
                }
                double normaliser = Softmax.logSumOfExponentials(logs[member]) - Math.log(weights[member]);
                for (int c = 0; c < classes; c++) {
                    logs[member][c] -= normaliser;
                }
            }
            for (int c = 0; c < classes; c++) {
                for (int member = 0; member < weights.length; member++) {
                    ofOneClass[member] = logs[member][c];
                }
                mean[from + c] = (float) Softmax.logSumOfExponentials(ofOneClass);
            }
        }
        return mean;
    }

    @Override
    public boolean choosesBatches() {
        return members.stream().allMatch(Model::choosesBatches);
    }

    @Override
    public void close() {
        members.forEach(Model::close);
    }

    /**
     * What a process needs to open an ensemble.
     *
     * @param members in an order that matters for the last bit of a mean only, but is part of the fingerprint for its
     *     sake
     * @param weights one for each member, finite and above 0; each counts by its part of their sum
     */
    public record Handle(List<ModelHandle> members, List<Double> weights, Average average) implements ModelHandle {
        public Handle {
            members = List.copyOf(members);
            if (members.size() < 2) {
                throw new IllegalArgumentException("members must be at least two teachers, was " + members.size());
            }
            if (weights.size() != members.size()) {
                throw new IllegalArgumentException(
                        "weights must be one for each of the " + members.size() + " members, was " + weights);
            }
            if (!weights.stream().allMatch(weight -> weight > 0 && weight < Double.POSITIVE_INFINITY)) {
                throw new IllegalArgumentException("weights must be finite and > 0, was " + weights);
            }
            weights = List.copyOf(weights);
        }

        /**
         * They add up to 1. Not kept as a component, for what is divided again when it arrives somewhere may end in
         * other bits.
         */
        private double[] shares() {
            double sum = weights.stream().mapToDouble(Double::doubleValue).sum();
            return weights.stream().mapToDouble(weight -> weight / sum).toArray();
        }

        /** A digest of the members' fingerprints, their order, their weights, and what is averaged. */
        @Override
        public String fingerprint() {
            Digest digest = new Digest().add("ensemble/2").add(Names.kebab(average));
            double[] shares = shares();
            for (int i = 0; i < shares.length; i++) {
                digest.add(members.get(i).fingerprint()).add(shares[i]);
            }
            return digest.key();
        }

        @Override
        public Model open(int threads) {
            List<Model> open = new ArrayList<>();
            try {
                members.forEach(member -> open.add(member.open(threads)));
            } catch (RuntimeException | Error e) {
                open.forEach(Model::close);
                throw e;
            }
            return new EnsembleModel(List.copyOf(open), shares(), average);
        }

        @Override
        public ModelHandle travelling(ModelStore store) {
            return new Handle(
                    members.stream().map(member -> member.travelling(store)).toList(), weights, average);
        }
    }
}
