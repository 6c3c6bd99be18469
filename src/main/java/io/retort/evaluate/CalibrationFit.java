package io.retort.evaluate;

import io.retort.data.Target;
import io.retort.network.LogitCalibration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.ArrayRealVector;
import org.apache.commons.math3.linear.CholeskyDecomposition;
import org.apache.commons.math3.linear.RealMatrix;
import org.apache.commons.math3.linear.RealVector;

/**
 * Fits a {@link LogitCalibration}: minimises {@code F(β, b) = mean log Σ exp(β z + b) − β m − Σ b t} by Newton's method,
 * where z are a row's logits and β is 1 / T.
 *
 * <p>F is convex. With m the mean logit of the label and t the classes' shares of the labels it is the mean negative
 * log-likelihood, in nats (Guo et al. 2017, arXiv:1706.04599). With {@code β = 1} and t the mean probabilities of the
 * teacher its minimum is where those of the network equal them, since {@code ∂F/∂b = mean softmax(β z + b) − t}.
 * Everything is summed in the rows' order, so the same rows give the same bits.
 */
public final class CalibrationFit {
    /** The temperature stays between this and its inverse: of rows that are all right, none is the best. */
    public static final double LEAST_TEMPERATURE = 0.05;

    private static final int MOST_STEPS = 100;
    private static final int MOST_HALVINGS = 40;
    /** Of the gradient, which is a probability or a mean logit. */
    private static final double TOLERANCE = 1e-10;
    /** Equal biases change no probability: this keeps that direction from being singular. */
    private static final double RIDGE = 1e-9;

    private final AnsweredRows rows;
    private final boolean temperature;
    private final List<Integer> biased;
    private final int classes;
    private final double meanLabelLogit;
    private final double[] shares;

    private CalibrationFit(CalibrationSettings settings, Target target, AnsweredRows rows) {
        this.rows = rows;
        this.temperature = settings.hasTemperature();
        this.biased = settings.biased(target);
        this.classes = rows.classes();
        this.shares = new double[classes];
        double labelLogits = 0;
        for (int row = 0; row < rows.rows(); row++) {
            if (settings.readsLabels()) {
                int label = rows.labels().classOf(row);
                shares[label]++;
                labelLogits += rows.outputs()[row * classes + label];
            } else {
                double[] taught = rows.teacherProbabilities(row);
                for (int c = 0; c < classes; c++) {
                    shares[c] += taught[c];
                }
            }
        }
        for (int c = 0; c < classes; c++) {
            shares[c] /= rows.rows();
        }
        this.meanLabelLogit = labelLogits / rows.rows();
    }

    /**
     * Fits one.
     *
     * @param rows to which it is fitted; each has a label where the settings read them
     */
    public static LogitCalibration of(CalibrationSettings settings, Target target, AnsweredRows rows) {
        CalibrationFit fit = new CalibrationFit(settings, target, rows);
        double[] best = fit.minimum();
        double inverse = fit.temperature ? Math.min(1 / LEAST_TEMPERATURE, Math.max(LEAST_TEMPERATURE, best[0])) : 1;
        List<Double> biases = new ArrayList<>();
        if (!fit.biased.isEmpty()) {
            biases.addAll(Collections.nCopies(fit.classes, 0.0));
            for (int i = 0; i < fit.biased.size(); i++) {
                biases.set(fit.biased.get(i), best[fit.place(i)]);
            }
        }
        return new LogitCalibration(1 / inverse, biases);
    }

    /** The place of a bias among the parameters. */
    private int place(int i) {
        return (temperature ? 1 : 0) + i;
    }

    private double[] minimum() {
        double[] at = new double[place(biased.size())];
        if (temperature) {
            at[0] = 1;
        }
        for (int step = 0; step < MOST_STEPS; step++) {
            Slope slope = slope(at);
            if (slope.gradient.getLInfNorm() < TOLERANCE) {
                break;
            }
            RealVector way =
                    new CholeskyDecomposition(slope.curvature).getSolver().solve(slope.gradient);
            double[] next = downhill(at, slope.value, way);
            if (next == at) {
                break; // as far down as rounding allows
            }
            at = next;
        }
        return at;
    }

    /** Halves a step until it leads down. */
    private double[] downhill(double[] at, double value, RealVector way) {
        double length = 1;
        for (int halving = 0; halving < MOST_HALVINGS; halving++, length /= 2) {
            double[] next =
                    new ArrayRealVector(at).subtract(way.mapMultiply(length)).toArray();
            if ((!temperature || next[0] > 0) && slope(next).value < value) {
                return next;
            }
        }
        return at;
    }

    /** F with its first and second derivatives by the free parameters. */
    private record Slope(double value, RealVector gradient, RealMatrix curvature) {}

    private Slope slope(double[] at) {
        int free = at.length;
        double inverse = temperature ? at[0] : 1;
        double[] biases = new double[classes];
        for (int i = 0; i < biased.size(); i++) {
            biases[biased.get(i)] = at[place(i)];
        }
        double value = 0;
        double[] gradient = new double[free];
        double[][] curvature = new double[free][free];
        double[] p = new double[classes];
        for (int row = 0; row < rows.rows(); row++) {
            value += softmax(row, inverse, biases, p);
            addRow(row, p, gradient, curvature);
        }
        int n = rows.rows();
        value /= n;
        for (int i = 0; i < free; i++) {
            gradient[i] /= n;
            for (int j = 0; j <= i; j++) {
                curvature[i][j] = curvature[i][j] / n + (i == j ? RIDGE : 0);
                curvature[j][i] = curvature[i][j];
            }
        }
        if (temperature) {
            value -= inverse * meanLabelLogit;
            gradient[0] -= meanLabelLogit;
        }
        for (int i = 0; i < biased.size(); i++) {
            value -= at[place(i)] * shares[biased.get(i)];
            gradient[place(i)] -= shares[biased.get(i)];
        }
        return new Slope(value, new ArrayRealVector(gradient, false), new Array2DRowRealMatrix(curvature, false));
    }

    /** Writes a row's calibrated probabilities; the result is the logarithm of their sum before it is made 1. */
    private double softmax(int row, double inverse, double[] biases, double[] p) {
        double greatest = Double.NEGATIVE_INFINITY;
        for (int c = 0; c < classes; c++) {
            p[c] = inverse * rows.outputs()[row * classes + c] + biases[c];
            greatest = Math.max(greatest, p[c]);
        }
        double sum = 0;
        for (int c = 0; c < classes; c++) {
            p[c] = Math.exp(p[c] - greatest);
            sum += p[c];
        }
        for (int c = 0; c < classes; c++) {
            p[c] /= sum;
        }
        return greatest + Math.log(sum);
    }

    /** Mean and covariance, under p, of what the parameters multiply: the logits, and 1 for each bias's own class. */
    private void addRow(int row, double[] p, double[] gradient, double[][] curvature) {
        double mean = 0;
        if (temperature) {
            double square = 0;
            for (int c = 0; c < classes; c++) {
                double logit = rows.outputs()[row * classes + c];
                mean += p[c] * logit;
                square += p[c] * logit * logit;
            }
            gradient[0] += mean;
            curvature[0][0] += square - mean * mean;
        }
        for (int i = 0; i < biased.size(); i++) {
            int own = biased.get(i);
            int at = place(i);
            gradient[at] += p[own];
            if (temperature) {
                curvature[at][0] += p[own] * (rows.outputs()[row * classes + own] - mean);
            }
            for (int j = 0; j < i; j++) {
                curvature[at][place(j)] -= p[own] * p[biased.get(j)];
            }
            curvature[at][at] += p[own] * (1 - p[own]);
        }
    }
}
