package io.retort.distill.loss;

import io.retort.distill.schedule.Course;
import io.retort.engine.dl4j.TimedLoss;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * The weighted sum of losses that a network is trained on, as DL4J wants to see it.
 *
 * <p>Targets are {@code [batch, classes]} (label distributions) or {@code [batch, 2 · classes]} (label distributions and teacher logits side
 * by side). DL4J divides a gradient by the batch size itself, so {@link #computeGradient} gives the batch sum's, whereas our losses give
 * the mean's: this class is where the two meet. The output layer's activation must be the identity.
 *
 * <p>Weights and temperatures move with the progress of the training, the steps behind by all its steps; as with learning rates, the last step is
 * taken just before the end.
 *
 * <p>DL4J stores the name of this class in configurations and in saved training graphs; do not rename it.
 */
public final class Objective implements TimedLoss {
    private static final long serialVersionUID = 1L;

    private final String settings;
    private final int iterations;
    private final double progress;
    private transient List<Term> terms;

    private record Term(LogitLoss loss, Course weight) {}

    /** Losses that do not move, or do so over a single step. */
    public Objective(List<LossSettings> losses) {
        this(losses, 1);
    }

    /** @param iterations how many optimiser steps the training has */
    public Objective(List<LossSettings> losses, int iterations) {
        this(Losses.toJson(losses), iterations);
    }

    @JsonCreator
    Objective(@JsonProperty("settings") String settings, @JsonProperty("iterations") int iterations) {
        this(settings, iterations, 0, terms(settings));
    }

    private Objective(String settings, int iterations, double progress, List<Term> terms) {
        this.settings = settings;
        this.iterations = iterations;
        this.progress = progress;
        this.terms = terms;
    }

    @Override
    public Objective at(int iteration) {
        return new Objective(settings, iterations, Math.min(1, (double) iteration / Math.max(1, iterations)), terms());
    }

    /** The losses with their settings, as JSON by kind. */
    @JsonProperty("settings")
    public String settings() {
        return settings;
    }

    @JsonProperty("iterations")
    public int iterations() {
        return iterations;
    }

    /**
     * The targets of a batch, row-major: one {@code one-hot(label)} per sample, followed by the teacher's logits where there are any.
     *
     * @param teacherLogits {@code [batch, classes]}
     */
    public static float[] targets(int[] labels, Optional<float[]> teacherLogits, int classes) {
        int width = teacherLogits.isPresent() ? 2 * classes : classes;
        float[] packed = new float[labels.length * width];
        for (int row = 0; row < labels.length; row++) {
            packed[row * width + labels[row]] = 1;
            if (teacherLogits.isPresent()) {
                System.arraycopy(teacherLogits.get(), row * classes, packed, row * width + classes, classes);
            }
        }
        return packed;
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
        int batch = (int) logits.size(0);
        int classes = (int) logits.size(1);
        double[] student = logits.dup('c').data().asDouble();
        double[] packed = targets.dup('c').data().asDouble();
        LogitBatch logitBatch;
        if (targets.size(1) == classes) {
            logitBatch = LogitBatch.labelled(batch, classes, student, packed);
        } else {
            logitBatch = LogitBatch.taught(
                    batch,
                    classes,
                    student,
                    columns(packed, batch, classes, 0),
                    columns(packed, batch, classes, classes));
        }
        LogitBatch now = logitBatch.at(progress);
        double sum = 0;
        for (Term term : terms()) {
            double weight = term.weight.at(progress);
            sum += weight * term.loss.evaluate(now, weight, gradient);
        }
        return sum;
    }

    private static double[] columns(double[] packed, int rows, int count, int from) {
        double[] columns = new double[rows * count];
        int width = packed.length / rows;
        for (int row = 0; row < rows; row++) {
            System.arraycopy(packed, row * width + from, columns, row * count, count);
        }
        return columns;
    }

    private synchronized List<Term> terms() {
        if (terms == null) { // after Java deserialisation
            terms = terms(settings);
        }
        return terms;
    }

    private static List<Term> terms(String settings) {
        List<Term> terms = new ArrayList<>();
        for (LossSettings loss : Losses.fromJson(settings)) {
            if (loss.pairs().isEmpty()) { // those of taps have heads of their own
                terms.add(new Term(loss.create(), loss.weight()));
            }
        }
        return List.copyOf(terms);
    }

    /** DL4J compares configurations. */
    @Override
    public boolean equals(Object other) {
        return other instanceof Objective that
                && settings.equals(that.settings)
                && iterations == that.iterations
                && progress == that.progress;
    }

    @Override
    public int hashCode() {
        return 31 * settings.hashCode() + iterations;
    }
}
