package io.retort.compress.lowrank;

import java.util.Arrays;
import org.apache.commons.math3.optim.MaxEval;
import org.apache.commons.math3.optim.nonlinear.scalar.GoalType;
import org.apache.commons.math3.optim.univariate.BrentOptimizer;
import org.apache.commons.math3.optim.univariate.SearchInterval;
import org.apache.commons.math3.optim.univariate.UnivariateObjectiveFunction;

/**
 * How many singular values of a matrix are more than noise: the rank of the empirical variational Bayes solution of
 * matrix factorisation, with the noise's variance estimated too (Nakajima, Sugiyama, Babacan, Tomioka 2013, "Global
 * analytic solution of fully-observed variational Bayesian matrix factorization", JMLR 14; Nakajima, Tomioka, Sugiyama,
 * Babacan 2012, "Perfect dimensionality recovery by variational Bayesian PCA", NIPS).
 *
 * <p>For a matrix {@code [L, M]}, {@code L ≤ M}, with singular values γ, and {@code α = L / M},
 * {@code z = 2.5129 √α}, {@code x̄ = (1 + z)(1 + α / z)}: γ is more than noise where {@code γ² > M σ² x̄},
 * and σ² minimises {@code Σ ψ(γ² / (M σ²))}, {@code ψ(x) = x − ln x}, and for {@code x > x̄} also
 * {@code + ln(τ + 1) + α ln(τ / α + 1) − τ} with
 * {@code τ = (x − 1 − α + √((x − 1 − α)² − 4 α)) / 2}.
 */
final class Evbmf {
    private static final int TRIES = 200;

    private final double[] squares;
    private final double alpha;
    private final double bar;
    private final int longer;

    private Evbmf(double[] values, int rows, int columns) {
        int shorter = Math.min(rows, columns);
        this.longer = Math.max(rows, columns);
        this.alpha = (double) shorter / longer;
        double z = 2.5129 * Math.sqrt(alpha);
        this.bar = (1 + z) * (1 + alpha / z);
        this.squares =
                Arrays.stream(values).map(value -> value * value / longer).toArray();
    }

    /** @param values all singular values of a matrix {@code [rows, columns]}, largest first */
    static int rank(double[] values, int rows, int columns) {
        return new Evbmf(values, rows, columns).rank();
    }

    private int rank() {
        double mean = Arrays.stream(squares).average().orElseThrow();
        if (mean == 0) {
            return 0;
        }
        double noise = noise(mean);
        return (int)
                Arrays.stream(squares).filter(square -> square > noise * bar).count();
    }

    /**
     * The variance of the noise; it lies between what the values that are surely noise show, and what all of them would
     * be if all were.
     */
    private double noise(double most) {
        int surely = (int) Math.min(squares.length - 1, Math.ceil(squares.length / (1 + alpha)) - 1);
        double tail = Arrays.stream(squares, surely, squares.length).average().orElseThrow();
        double least = Math.max(Math.max(squares[surely] / bar, tail), 1e-14 * most);
        if (least >= most) {
            return most;
        }
        double from = Math.log(least);
        double step = (Math.log(most) - from) / TRIES;
        int best = 0;
        for (int i = 1; i <= TRIES; i++) { // the function may have several minima, so the least is looked for first
            best = cost(from + i * step) < cost(from + best * step) ? i : best;
        }
        double low = from + Math.max(0, best - 1) * step;
        double high = from + Math.min(TRIES, best + 1) * step;
        return Math.exp(new BrentOptimizer(1e-10, 1e-12)
                .optimize(
                        new MaxEval(200),
                        new UnivariateObjectiveFunction(this::cost),
                        GoalType.MINIMIZE,
                        new SearchInterval(low, high))
                .getPoint());
    }

    private double cost(double logNoise) {
        double noise = Math.exp(logNoise);
        double sum = 0;
        for (double square : squares) {
            double x = Math.max(square / noise, Double.MIN_NORMAL);
            sum += x - Math.log(x);
            if (x > bar) {
                double tau = (x - 1 - alpha + Math.sqrt((x - 1 - alpha) * (x - 1 - alpha) - 4 * alpha)) / 2;
                sum += Math.log(tau + 1) + alpha * Math.log(tau / alpha + 1) - tau;
            }
        }
        return sum;
    }
}
