package io.retort.distill.loss;

import io.retort.distill.loss.FeatureLoss.FeatureBatch;
import io.retort.distill.loss.FeatureLoss.Settings.TapPair;
import io.retort.distill.schedule.Schedule;
import io.retort.engine.Tap;
import io.retort.network.Shape;
import io.retort.network.ShapeException;
import java.util.List;

/**
 * Attention transfer: {@code ‖ q(S)/‖q(S)‖ − q(T)/‖q(T)‖ ‖²} per sample, where the attention map {@code q(F)[y, x]} is
 * the mean over channels of {@code F[c, y, x]²} (Zagoruyko, Komodakis 2017, section 3.1, arXiv:1612.03928, with p = 2).
 *
 * <p>Features are {@code [batch, channels, height, width]}; channels may differ. Where the grids differ, the larger is
 * averaged to the smaller, whose sizes must divide it (the paper interpolates). Squared, as in the authors' program,
 * which also divides by the positions; equation 2 has the norm itself. Without unit, from 0 to 2; a mean over the
 * batch; smaller is better. A map of zeros has no direction and no gradient.
 */
public final class AttentionLoss implements FeatureLoss {
    /** Kind {@code attention}. */
    public record Settings(Schedule weight, List<TapPair> pairs) implements FeatureLoss.Settings {
        public Settings {
            LossSettings.requireWeight(weight);
            pairs = TapPair.some(pairs);
        }

        /** A weight that does not move. */
        public Settings(double weight, List<TapPair> pairs) {
            this(Schedule.of(weight), pairs);
        }

        @Override
        public FeatureLoss createForTaps() {
            return new AttentionLoss();
        }

        @Override
        public Tap reading(TapPair pair, Shape teacher, Shape student) {
            Grid grid = Grid.common(teacher, student)
                    .filter(common -> common.cells() > 1)
                    .orElseThrow(() -> new ShapeException(
                            "attention compares maps of more than one position, and the height and width of one must"
                                    + " divide the other's"));
            return Tap.attention(pair.teacher(), teacher, grid.height(), grid.width());
        }
    }

    /**
     * The teacher's features are its map, {@code [batch, 1, height, width]}, as {@link Tap.Reading#ATTENTION} reads it.
     */
    @Override
    public double evaluate(FeatureBatch batch, double weight, double[] gradient) {
        if (batch.teacherShape().channels() != 1) {
            throw new ShapeException(
                    "attention takes the teacher's map [1, height, width], was given features " + batch.teacherShape());
        }
        Grid grid = Grid.of(batch.studentShape());
        Grid common = Grid.of(batch.teacherShape());
        double[] squares = meanSquares(batch.student(), batch.studentShape());
        UnitRows student = new UnitRows(batch.size(), grid.averaged(squares, common));
        UnitRows teacher = new UnitRows(batch.size(), batch.teacher());
        double[] byUnits = new double[student.values().length];
        double sum = 0;
        for (int i = 0; i < byUnits.length; i++) {
            double difference = student.values()[i] - teacher.values()[i];
            sum += difference * difference;
            byUnits[i] = 2 * difference / batch.size();
        }
        double[] bySquares = grid.spread(student.byRows(byUnits), common);
        int channels = batch.studentShape().channels();
        for (int i = 0; i < gradient.length; i++) {
            int position = i / (channels * grid.cells()) * grid.cells() + i % grid.cells();
            gradient[i] += weight * bySquares[position] * 2 * batch.student()[i] / channels;
        }
        return sum / batch.size();
    }

    /** {@code [batch, height, width]} */
    private static double[] meanSquares(double[] features, Shape shape) {
        int cells = shape.height() * shape.width();
        double[] squares = new double[features.length / shape.channels()];
        for (int i = 0; i < features.length; i++) {
            squares[i / shape.elements() * cells + i % cells] += features[i] * features[i] / shape.channels();
        }
        return squares;
    }
}
