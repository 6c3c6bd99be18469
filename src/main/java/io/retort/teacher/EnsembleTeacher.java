package io.retort.teacher;

import io.retort.config.Names;
import io.retort.engine.Softmax;
import io.retort.storage.Digest;
import java.util.ArrayList;
import java.util.List;

/**
 * Several teachers as one: the weighted mean of their logits, or the logarithm of the weighted mean of their probabilities.
 *
 * <p>Hinton, Vinyals and Dean (2015, section 1, arXiv:1503.02531) take an arithmetic or a geometric mean of the members' distributions as soft targets. With
 * weights {@code w} that add up to 1 and a member's logits {@code z}:
 *
 * <ul>
 *   <li>logits: {@code Σ w·z}, whose softmax is the (normalised) geometric mean; one member that is sure of the opposite spoils it;
 *   <li>probabilities: {@code log Σ w·softmax(z)}, log-probabilities in nats, whose softmax at temperature 1 is the arithmetic mean. At another temperature T a
 *       loss softens that mean, {@code mean^(1/T)} normalised, which is not the mean of the members' softened distributions.
 * </ul>
 *
 * <p>Logits are {@code [batch, classes]}. Sums are in double precision.
 */
public final class EnsembleTeacher implements Teacher {
    /** What is averaged. */
    public enum Average {
        LOGITS,
        PROBABILITIES
    }

    private final List<Teacher> members;
    private final double[] weights;
    private final Average average;

    /** @param weights one for each member; they add up to 1 */
    private EnsembleTeacher(List<Teacher> members, double[] weights, Average average) {
        this.members = members;
        this.weights = weights;
        this.average = average;
    }

    @Override
    public float[] logits(float[] rawFeatures, int batch) {
        List<float[]> said = members.stream()
                .map(member -> member.logits(rawFeatures, batch))
                .toList();
        int length = said.get(0).length;
        for (float[] logits : said) {
            if (logits.length != length) {
                throw new IllegalArgumentException("the members of an ensemble must know the same classes, but for "
                        + batch + " samples one gives " + length + " logits and another " + logits.length);
            }
        }
        return average == Average.LOGITS ? meanLogits(said) : logMeanProbabilities(said, length / batch);
    }

    private float[] meanLogits(List<float[]> said) {
        float[] mean = new float[said.get(0).length];
        for (int i = 0; i < mean.length; i++) {
            double sum = 0;
            for (int member = 0; member < weights.length; member++) {
                sum += weights[member] * said.get(member)[i];
            }
            mean[i] = (float) sum;
        }
        return mean;
    }

    private float[] logMeanProbabilities(List<float[]> said, int classes) {
        float[] mean = new float[said.get(0).length];
        double[][] logs = new double[weights.length][classes];
        double[] ofOneClass = new double[weights.length];
        for (int from = 0; from < mean.length; from += classes) {
            for (int member = 0; member < weights.length; member++) {
                for (int c = 0; c < classes; c++) {
                    logs[member][c] = said.get(member)[from + c];
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
    public void close() {
        members.forEach(Teacher::close);
    }

    /**
     * What executors need of an ensemble.
     *
     * @param members in an order that matters for the last bit of a mean only, but is part of the fingerprint for its sake
     * @param weights one for each member, finite and above 0; they are divided by their sum
     */
    public record Source(List<TeacherSource> members, List<Double> weights, Average average) implements TeacherSource {
        public Source {
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
            double sum = weights.stream().mapToDouble(Double::doubleValue).sum();
            weights = weights.stream().map(weight -> weight / sum).toList();
        }

        /** A digest of the members' fingerprints, their order, their weights, and what is averaged. */
        @Override
        public String fingerprint() {
            Digest digest = new Digest().add("ensemble/2").add(Names.kebab(average));
            for (int i = 0; i < members.size(); i++) {
                digest.add(members.get(i).fingerprint()).add(weights.get(i));
            }
            return digest.key();
        }

        @Override
        public Teacher open(int threads) {
            List<Teacher> open = new ArrayList<>();
            try {
                members.forEach(member -> open.add(member.open(threads)));
            } catch (RuntimeException | Error e) {
                open.forEach(Teacher::close);
                throw e;
            }
            return new EnsembleTeacher(
                    List.copyOf(open),
                    weights.stream().mapToDouble(Double::doubleValue).toArray(),
                    average);
        }
    }
}
