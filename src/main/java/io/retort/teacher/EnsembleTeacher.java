package io.retort.teacher;

import io.retort.storage.Digest;
import java.util.ArrayList;
import java.util.List;

/**
 * Several teachers as one: the mean of their logits, or the logarithm of the mean of their probabilities.
 *
 * <p>The two differ. A mean of logits is a geometric mean of probabilities, which one member that is sure of the opposite spoils; a mean of probabilities
 * (Hinton, Vinyals, Dean 2015, section 5, arXiv:1503.02531, has either) is what the members say in a vote. What is given for the latter are log-probabilities
 * in nats, {@code log(Σ softmax(z) / members)}, whose softmax at temperature 1 is that mean.
 */
public final class EnsembleTeacher implements Teacher {
    /** What is averaged. */
    public enum Average {
        LOGITS,
        PROBABILITIES
    }

    private final List<Teacher> members;
    private final Average average;

    private EnsembleTeacher(List<Teacher> members, Average average) {
        this.members = members;
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

    private static float[] meanLogits(List<float[]> said) {
        float[] mean = new float[said.get(0).length];
        for (int i = 0; i < mean.length; i++) {
            double sum = 0;
            for (float[] logits : said) {
                sum += logits[i];
            }
            mean[i] = (float) (sum / said.size());
        }
        return mean;
    }

    private static float[] logMeanProbabilities(List<float[]> said, int classes) {
        float[] mean = new float[said.get(0).length];
        double[][] logs = new double[said.size()][classes];
        double[] ofOneClass = new double[said.size()];
        for (int from = 0; from < mean.length; from += classes) {
            for (int member = 0; member < logs.length; member++) {
                for (int c = 0; c < classes; c++) {
                    logs[member][c] = said.get(member)[from + c];
                }
                double normaliser = logSumOfExponentials(logs[member]);
                for (int c = 0; c < classes; c++) {
                    logs[member][c] -= normaliser;
                }
            }
            for (int c = 0; c < classes; c++) {
                for (int member = 0; member < logs.length; member++) {
                    ofOneClass[member] = logs[member][c];
                }
                mean[from + c] = (float) (logSumOfExponentials(ofOneClass) - Math.log(said.size()));
            }
        }
        return mean;
    }

    /** From the greatest, so that no exponential overflows and no sum is 0. */
    private static double logSumOfExponentials(double[] exponents) {
        double greatest = Double.NEGATIVE_INFINITY;
        for (double exponent : exponents) {
            greatest = Math.max(greatest, exponent);
        }
        double sum = 0;
        for (double exponent : exponents) {
            sum += Math.exp(exponent - greatest);
        }
        return greatest + Math.log(sum);
    }

    @Override
    public void close() {
        members.forEach(Teacher::close);
    }

    /**
     * What executors need of an ensemble.
     *
     * @param members in an order that matters for the last bit of a mean only, but is part of the fingerprint for its sake
     */
    public record Source(List<TeacherSource> members, Average average) implements TeacherSource {
        public Source {
            members = List.copyOf(members);
            if (members.size() < 2) {
                throw new IllegalArgumentException("members must be at least two teachers, was " + members.size());
            }
            if (members.stream().map(TeacherSource::fingerprint).distinct().count() < members.size()) {
                throw new IllegalArgumentException(
                        "members must differ, two are the same teacher; give each a seed of its own");
            }
        }

        @Override
        public String fingerprint() {
            Digest digest = new Digest().add("ensemble/1").add(average.name());
            members.forEach(member -> digest.add(member.fingerprint()));
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
            return new EnsembleTeacher(List.copyOf(open), average);
        }
    }
}
