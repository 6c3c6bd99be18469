package io.retort.distill.loss;

import io.retort.data.LabelColumns;
import io.retort.distill.loss.LogitLoss.LogitBatch;
import io.retort.distill.schedule.Schedule;
import java.util.Set;

/**
 * The angle between the student's vector and the teacher's: {@code 1 − cos(s, t)}, in [0, 2], whatever their lengths.
 *
 * <p>Sanh et al. 2019, section 2, arXiv:1910.01108 (the cosine part of the loss). Vectors are {@code [batch, values]};
 * one of zeros has the cosine 0 to any other, and no gradient. Without unit, a mean over the batch; smaller is better.
 * With u and v the vectors of length 1, the gradient by the student's is {@code −(v − (u·v) u) / (|s| · batch)}.
 */
public final class EmbeddingLoss implements LogitLoss {
    /** Kind {@code embedding-cosine}. */
    public record Cosine(Schedule weight) implements LossSettings {
        public Cosine {
            LossSettings.requireWeight(weight);
        }

        @Override
        public LogitLoss create() {
            return new EmbeddingLoss();
        }

        @Override
        public Set<LabelColumns.Kind> targets() {
            return Set.of(LabelColumns.Kind.EMBEDDING);
        }
    }

    /**
     * Kind {@code embedding-mse}: half the squared distance from the teacher's vector, {@code ½ · Σ (s − t)²}, a mean
     * over the batch ({@link LogitMseLoss}). Between vectors of length 1 it is {@code 1 − cos(s, t)}.
     *
     * <p>Reimers and Gurevych 2020, section 2, arXiv:2004.09813, where it is the mean over the values.
     */
    public record SquaredDistance(Schedule weight) implements LossSettings {
        public SquaredDistance {
            LossSettings.requireWeight(weight);
        }

        @Override
        public LogitLoss create() {
            return new LogitMseLoss();
        }

        @Override
        public Set<LabelColumns.Kind> targets() {
            return Set.of(LabelColumns.Kind.EMBEDDING);
        }
    }

    @Override
    public double evaluate(LogitBatch batch, double weight, double[] gradient) {
        UnitRows student = new UnitRows(batch.size(), batch.student());
        double[] teacher = new UnitRows(batch.size(), batch.teacher()).values();
        double[] byUnits = new double[gradient.length];
        double cosines = 0;
        for (int i = 0; i < gradient.length; i++) {
            cosines += student.values()[i] * teacher[i];
            byUnits[i] = -weight * teacher[i] / batch.size();
        }
        double[] byStudent = student.byRows(byUnits);
        for (int i = 0; i < gradient.length; i++) {
            gradient[i] += byStudent[i];
        }
        return 1 - cosines / batch.size();
    }
}
