package io.retort.distill.loss;

import io.retort.config.SettingException;
import io.retort.data.LabelColumns;
import io.retort.data.Labels.LabelCounts;
import io.retort.data.Target;
import io.retort.distill.loss.LogitLoss.LogitBatch;
import io.retort.distill.schedule.Schedule;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;

/**
 * Any loss over logits, of standardised logits: {@code y = (z − mean) / σ} of each sample, student and teacher alike,
 * where σ is the deviation over the classes, {@code σ² = Σ (z − mean)² / classes} (the authors' code divides by classes
 * − 1).
 *
 * <p>Sun et al. 2024, section 4, arXiv:2403.01427: the student then learns which classes are likelier and need not
 * reach the teacher's scale. A temperature is that of the loss within. Logits are {@code [batch, classes]}; a row
 * without deviation becomes zeros and is not pulled. Value and unit are those of the loss within. With its gradient g
 * by y, the gradient by z is {@code (g − mean(g) − y · mean(g · y)) / σ}.
 */
public final class StandardizedLoss implements LogitLoss {
    /**
     * Kind {@code standardized}.
     *
     * @param loss the loss of the standardised logits; its weight and this one are multiplied
     */
    public record Settings(Schedule weight, LossSettings loss) implements LossSettings {
        public Settings {
            LossSettings.requireWeight(weight);
            if (!loss.pairs().isEmpty()) {
                throw new SettingException("loss", "must be a loss of logits; this one compares taps");
            }
        }

        /** A weight that does not move. */
        public Settings(double weight, LossSettings loss) {
            this(Schedule.of(weight), loss);
        }

        @Override
        public LogitLoss create() {
            return new StandardizedLoss(loss.create(), loss.weight());
        }

        @Override
        public Set<LabelColumns.Kind> targets() {
            return Set.of(LabelColumns.Kind.CLASS);
        }

        @Override
        public Source source() {
            return loss.source();
        }

        @Override
        public void requireFits(Target target) {
            LossSettings.super.requireFits(target);
            loss.requireFits(target);
        }

        @Override
        public LossSettings fitted(LabelCounts labels) {
            return new Settings(weight, loss.fitted(labels));
        }

        @Override
        public boolean inNats() {
            return loss.inNats();
        }
    }

    /** The deviation of a row that is constant up to rounding. */
    private static final double MIN_DEVIATION = 1e-8;

    private final LogitLoss loss;
    private final Schedule innerWeight;

    StandardizedLoss(LogitLoss loss, Schedule innerWeight) {
        this.loss = loss;
        this.innerWeight = innerWeight;
    }

    @Override
    public double evaluate(LogitBatch batch, double weight, double[] gradient) {
        int classes = batch.classes();
        double factor = innerWeight.at(batch.progress());
        double[] deviations = new double[batch.size()];
        double[] student = standardised(batch.student(), classes, deviations);
        Optional<double[]> teacher =
                batch.taughtLogits().map(logits -> standardised(logits, classes, new double[batch.size()]));
        double[] byStandardised = new double[gradient.length];
        double value = loss.evaluate(batch.withLogits(student, teacher), weight * factor, byStandardised);
        for (int row = 0; row < batch.size(); row++) {
            if (deviations[row] >= MIN_DEVIATION) {
                addThroughRow(student, byStandardised, row * classes, classes, deviations[row], gradient);
            }
        }
        return factor * value;
    }

    private static double[] standardised(double[] logits, int classes, double[] deviations) {
        double[] scores = logits.clone();
        for (int row = 0; row < deviations.length; row++) {
            int from = row * classes;
            double mean = Arrays.stream(logits, from, from + classes).average().orElseThrow();
            double squares = 0;
            for (int i = from; i < from + classes; i++) {
                scores[i] -= mean;
                squares += scores[i] * scores[i];
            }
            deviations[row] = Math.sqrt(squares / classes);
            for (int i = from; i < from + classes; i++) {
                scores[i] = deviations[row] < MIN_DEVIATION ? 0 : scores[i] / deviations[row];
            }
        }
        return scores;
    }

    private static void addThroughRow(
            double[] scores, double[] byScore, int from, int classes, double deviation, double[] gradient) {
        double mean = 0;
        double along = 0;
        for (int i = from; i < from + classes; i++) {
            mean += byScore[i] / classes;
            along += byScore[i] * scores[i] / classes;
        }
        for (int i = from; i < from + classes; i++) {
            gradient[i] += (byScore[i] - mean - scores[i] * along) / deviation;
        }
    }
}
