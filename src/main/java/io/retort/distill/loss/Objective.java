package io.retort.distill.loss;

import io.retort.distill.loss.LogitLoss.LogitBatch;
import io.retort.distill.loss.Signals.SignalLayout;
import io.retort.distill.schedule.Schedule;
import io.retort.engine.TrainableNetwork.LogitsLoss;
import io.retort.engine.dl4j.Carried;
import io.retort.engine.dl4j.LogitsHead.TimedLoss;
import java.util.List;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The weighted sum of losses that a network is trained on, as a loss function of DL4J.
 *
 * <p>The array that DL4J calls labels holds the rows' signals in the {@link SignalLayout}. DL4J divides a gradient by
 * the batch size itself, so {@link #computeGradient} gives the batch sum's, whereas our losses give the mean's: this
 * class is where the two meet. The output layer's activation must be the identity.
 *
 * <p>Weights and temperatures move with the progress of the training, the steps behind by all its steps; as with
 * learning rates, the last step is taken just before the end.
 */
public final class Objective implements TimedLoss, LogitsLoss {
    private static final long serialVersionUID = 1L;

    private final Carried<List<LossSettings>> losses;
    private final Carried<SignalLayout> layout;
    private final int iterations;
    private final double progress;
    private transient List<Term> terms;

    private record Term(LogitLoss loss, Schedule weight) {}

    /** Losses that do not move, or do so over a single step. */
    public Objective(List<LossSettings> losses, SignalLayout layout) {
        this(losses, layout, 1);
    }

    /** @param iterations how many optimiser steps the training has */
    public Objective(List<LossSettings> losses, SignalLayout layout, int iterations) {
        this(Carried.of(List.copyOf(losses)), Carried.of(layout), iterations, 0, terms(losses));
    }

    private Objective(
            Carried<List<LossSettings>> losses,
            Carried<SignalLayout> layout,
            int iterations,
            double progress,
            List<Term> terms) {
        this.losses = losses;
        this.layout = layout;
        this.iterations = iterations;
        this.progress = progress;
        this.terms = terms;
    }

    @Override
    public Objective at(int iteration) {
        return new Objective(losses, layout, iterations, progress(iteration), terms());
    }

    private double progress(int iteration) {
        return Math.min(1, (double) iteration / Math.max(1, iterations));
    }

    @Override
    public double computeScore(
            INDArray targets, INDArray logits, IActivation activation, INDArray mask, boolean average) {
        double mean = evaluate(targets, logits, new double[Math.toIntExact(logits.length())]);
        return average ? mean : mean * logits.size(0);
    }

    @Override
    public INDArray computeScoreArray(INDArray targets, INDArray logits, IActivation activation, INDArray mask) {
        INDArray scores = Nd4j.create(DataType.FLOAT, logits.size(0), 1);
        for (long row = 0; row < logits.size(0); row++) {
            INDArray one = logits.getRow(row, true);
            scores.putScalar(row, 0, evaluate(targets.getRow(row, true), one, new double[(int) one.length()]));
        }
        return scores;
    }

    @Override
    public INDArray computeGradient(INDArray targets, INDArray logits, IActivation activation, INDArray mask) {
        return computeGradientAndScore(targets, logits, activation, mask, true).getSecond();
    }

    @Override
    public Pair<Double, INDArray> computeGradientAndScore(
            INDArray targets, INDArray logits, IActivation activation, INDArray mask, boolean average) {
        double[] gradient = new double[Math.toIntExact(logits.length())];
        double mean = evaluate(targets, logits, gradient);
        long batch = logits.size(0);
        for (int i = 0; i < gradient.length; i++) {
            gradient[i] *= batch;
        }
        INDArray sum = Nd4j.create(gradient, new long[] {batch, logits.size(1)}, logits.dataType());
        return Pair.of(average ? mean : mean * batch, sum);
    }

    @Override
    public String name() {
        return "distillation";
    }

    private double evaluate(INDArray targets, INDArray logits, double[] gradient) {
        double[] student = logits.dup('c').data().asDouble();
        double[] packed = targets.dup('c').data().asDouble();
        return evaluate((int) logits.size(0), student, packed, gradient, progress);
    }

    @Override
    public double evaluate(int rows, double[] logits, double[] targets, double[] gradient, int iteration) {
        return evaluate(rows, logits, targets, gradient, progress(iteration));
    }

    private double evaluate(int rows, double[] logits, double[] targets, double[] gradient, double behind) {
        LogitBatch now = new LogitBatch(logits, layout.value().unpacked(rows, targets), behind);
        double sum = 0;
        for (Term term : terms()) {
            double weight = term.weight.at(behind);
            sum += weight * term.loss.evaluate(now, weight, gradient);
        }
        return sum;
    }

    private synchronized List<Term> terms() {
        if (terms == null) { // it has travelled
            terms = terms(losses.value());
        }
        return terms;
    }

    private static List<Term> terms(List<LossSettings> losses) {
        return losses.stream()
                .filter(loss -> loss.pairs().isEmpty()) // those of taps have heads of their own
                .map(loss -> new Term(loss.create(), loss.weight()))
                .toList();
    }

    /** DL4J compares configurations. */
    @Override
    public boolean equals(Object other) {
        return other instanceof Objective that
                && losses.equals(that.losses)
                && layout.equals(that.layout)
                && iterations == that.iterations
                && progress == that.progress;
    }

    @Override
    public int hashCode() {
        return 31 * losses.hashCode() + iterations;
    }
}
