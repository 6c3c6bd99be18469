package io.retort.distill.loss;

/**
 * Another loss on standardised logits: each sample's logits, the student's and the teacher's, become {@code (z − μ) / (σ + ε)} with μ and σ their mean and
 * standard deviation over the classes ({@code σ² = Σ (z − μ)² / classes}, {@code ε = 1e-7}).
 *
 * <p>Logit standardisation: Sun et al. 2024, section 4, arXiv:2403.01427, who put it before any loss of logits. The student then has to match the teacher's
 * relations of logits and not their size. Unit and sign are those of the other loss, whose own weight counts as well. With g the other loss's gradient, the
 * gradient by a logit is {@code (g − mean(g) − (z − μ) · Σ g·(z − μ) / (classes · σ · (σ + ε))) / (σ + ε)}.
 */
public final class StandardizedLoss implements LogitLoss {
    /**
     * Kind {@code standardized}.
     *
     * @param loss what is computed on the standardised logits
     */
    public record Settings(double weight, LossSettings loss) implements LossSettings {
        public Settings {
            LossSettings.requireWeight(weight);
            if (loss instanceof Settings) {
                throw new IllegalArgumentException(
                        "loss must not be 'standardized' again: standardised logits stay what they are");
            }
        }

        @Override
        public LogitLoss create() {
            return new StandardizedLoss(loss.create(), loss.weight());
        }

        @Override
        public Source source() {
            return loss.source();
        }
    }

    private static final double EPSILON = 1e-7;

    private final LogitLoss loss;
    private final double lossWeight;

    StandardizedLoss(LogitLoss loss, double lossWeight) {
        this.loss = loss;
        this.lossWeight = lossWeight;
    }

    @Override
    public double evaluate(LogitBatch batch, double weight, double[] gradient) {
        int classes = batch.classes();
        LogitBatch standardized = batch.withLogits(logits -> standardized(logits, classes));
        double[] inner = new double[gradient.length];
        double value = loss.evaluate(standardized, lossWeight, inner);
        for (int from = 0; from < gradient.length; from += classes) {
            addGradient(batch.student(), inner, from, classes, weight, gradient);
        }
        return lossWeight * value;
    }

    private static void addGradient(
            double[] logits, double[] inner, int from, int classes, double weight, double[] gradient) {
        Row row = Row.of(logits, from, classes);
        double divisor = row.deviation + EPSILON;
        double mean = 0;
        double along = 0;
        for (int c = from; c < from + classes; c++) {
            mean += inner[c] / classes;
            along += inner[c] * (logits[c] - row.mean);
        }
        double pull = row.deviation > 0 ? along / (classes * row.deviation * divisor) : 0;
        for (int c = from; c < from + classes; c++) {
            gradient[c] += weight * (inner[c] - mean - (logits[c] - row.mean) * pull) / divisor;
        }
    }

    private static double[] standardized(double[] logits, int classes) {
        double[] standardized = new double[logits.length];
        for (int from = 0; from < logits.length; from += classes) {
            Row row = Row.of(logits, from, classes);
            for (int c = from; c < from + classes; c++) {
                standardized[c] = (logits[c] - row.mean) / (row.deviation + EPSILON);
            }
        }
        return standardized;
    }

    /** Mean and standard deviation of a sample's logits. */
    private record Row(double mean, double deviation) {
        static Row of(double[] logits, int from, int classes) {
            double mean = 0;
            for (int c = from; c < from + classes; c++) {
                mean += logits[c] / classes;
            }
            double variance = 0;
            for (int c = from; c < from + classes; c++) {
                variance += (logits[c] - mean) * (logits[c] - mean) / classes;
            }
            return new Row(mean, Math.sqrt(variance));
        }
    }
}
