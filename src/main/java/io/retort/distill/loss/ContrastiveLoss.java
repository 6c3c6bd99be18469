package io.retort.distill.loss;

import io.retort.config.SettingException;
import io.retort.distill.loss.FeatureLoss.FeatureBatch;
import io.retort.distill.loss.FeatureLoss.Settings.TapPair;
import io.retort.distill.schedule.Schedule;
import io.retort.engine.Tap;
import io.retort.network.Shape;
import io.retort.network.ShapeException;
import java.util.List;

/**
 * Contrastive distillation: {@code −zᵢᵢ + log meanⱼ exp zᵢⱼ} per sample i, plus the same with i and j exchanged, where
 * {@code zᵢⱼ = ŝᵢ · t̂ⱼ / τ}, ŝ is a student's features through the learned connector and t̂ a teacher's, both averaged
 * over positions and divided by their norms (Tian et al. 2020, section 3.1, arXiv:1910.10699).
 *
 * <p>Features are {@code [batch, channels, height, width]} or {@code [batch, features]}. In nats; a mean over the
 * batch; smaller is better: each half is at least {@code −log batch}, and minus a half is a lower bound of the mutual
 * information of the two representations.
 *
 * <p>Differences from the paper: a sample's negatives are the other samples of its replica's batch, those of its own
 * class among them, where the paper draws thousands of other classes from a memory of the whole data set; so the critic
 * is a softmax over the batch (van den Oord et al. 2018, arXiv:1807.03748) and not the paper's binary one; and only the
 * student's features are projected, to the teacher's channels. The mean within the logarithm in the place of a sum
 * makes the loss independent of the batch size and changes no gradient.
 */
public final class ContrastiveLoss implements FeatureLoss {
    private final double temperature;

    /** Kind {@code contrastive}. Temperature τ is usually 0.05 to 0.2; a small one stresses the nearest negatives. */
    public record Settings(Schedule weight, List<TapPair> pairs, double temperature) implements FeatureLoss.Settings {
        public Settings {
            LossSettings.requireWeight(weight);
            pairs = TapPair.some(pairs);
            if (!(temperature > 0 && Double.isFinite(temperature))) {
                throw new SettingException("temperature", "must be > 0, was " + temperature);
            }
        }

        /** A weight that does not move. */
        public Settings(double weight, List<TapPair> pairs, double temperature) {
            this(Schedule.of(weight), pairs, temperature);
        }

        @Override
        public boolean comparesRows() {
            return true;
        }

        @Override
        public FeatureLoss createForTaps() {
            return new ContrastiveLoss(temperature);
        }

        @Override
        public boolean inNats() {
            return true;
        }

        @Override
        public Connector connector() {
            return Connector.LEARNED;
        }

        @Override
        public Tap reading(TapPair pair, Shape teacher, Shape student) {
            if (teacher.isImage() != student.isImage()) {
                throw new ShapeException("contrastive compares two vectors or two images");
            }
            return Tap.features(pair.teacher(), teacher, 1, 1);
        }
    }

    public ContrastiveLoss(double temperature) {
        this.temperature = temperature;
    }

    /** The student's features have been through the connector; the teacher's are averaged over positions. */
    @Override
    public double evaluate(FeatureBatch batch, double weight, double[] gradient) {
        requireSameChannels(batch);
        int size = batch.size();
        Grid grid = Grid.of(batch.studentShape());
        Grid point = new Grid(1, 1);
        UnitRows student = new UnitRows(size, grid.averaged(batch.student(), point));
        UnitRows teacher = new UnitRows(size, batch.teacher());
        double[] similarities = similarities(size, student.values(), teacher.values());
        double[] bySimilarities = new double[similarities.length];
        double sum = 0;
        for (int i = 0; i < size; i++) {
            sum += contrast(similarities, size, i, i * size, 1, bySimilarities);
            sum += contrast(similarities, size, i, i, size, bySimilarities);
        }
        double[] spread = grid.spread(student.byRows(byUnits(size, bySimilarities, teacher.values())), point);
        for (int i = 0; i < gradient.length; i++) {
            gradient[i] += weight * spread[i];
        }
        return sum / size;
    }

    /** {@code zᵢⱼ}, {@code [size, size]} */
    private double[] similarities(int size, double[] student, double[] teacher) {
        int width = student.length / size;
        double[] similarities = new double[size * size];
        for (int i = 0; i < size; i++) {
            for (int j = 0; j < size; j++) {
                double product = 0;
                for (int c = 0; c < width; c++) {
                    product += student[i * width + c] * teacher[j * width + c];
                }
                similarities[i * size + j] = product / temperature;
            }
        }
        return similarities;
    }

    /**
     * {@code −z_own + log mean exp z} over a row or a column of the similarities, which begins at {@code from} and goes
     * in steps of {@code stride}; adds the gradient of the batch mean.
     */
    private static double contrast(
            double[] similarities, int size, int own, int from, int stride, double[] bySimilarities) {
        double greatest = Double.NEGATIVE_INFINITY;
        for (int k = 0; k < size; k++) {
            greatest = Math.max(greatest, similarities[from + k * stride]);
        }
        double sum = 0;
        for (int k = 0; k < size; k++) {
            sum += Math.exp(similarities[from + k * stride] - greatest);
        }
        for (int k = 0; k < size; k++) {
            double share = Math.exp(similarities[from + k * stride] - greatest) / sum;
            bySimilarities[from + k * stride] += (k == own ? share - 1 : share) / size;
        }
        return greatest + Math.log(sum / size) - similarities[from + own * stride];
    }

    /** The gradient by the student's unit rows. */
    private double[] byUnits(int size, double[] bySimilarities, double[] teacher) {
        int width = teacher.length / size;
        double[] byUnits = new double[teacher.length];
        for (int i = 0; i < size; i++) {
            for (int j = 0; j < size; j++) {
                for (int c = 0; c < width; c++) {
                    byUnits[i * width + c] += bySimilarities[i * size + j] * teacher[j * width + c] / temperature;
                }
            }
        }
        return byUnits;
    }

    private static void requireSameChannels(FeatureBatch batch) {
        if (batch.studentShape().channels() != batch.teacherShape().elements()) {
            throw new ShapeException(
                    "a contrast compares features of as many channels and the teacher's at one position, was"
                            + " given student features "
                            + batch.studentShape() + " and teacher features " + batch.teacherShape()
                            + "; a connector makes them alike");
        }
    }
}
