package io.retort.engine.onednn;

import java.util.Arrays;

/**
 * Numbers that are sums of products of earlier ones, and the derivative of a last one by all others, by reverse
 * accumulation (Griewank and Walther 2008, chapter 3).
 */
final class Scalars {
    private double[] values = new double[1024];
    /** By scalar: where the terms that it depends on end. */
    private int[] ends = new int[1024];

    private int[] parents = new int[4096];
    private double[] slopes = new double[4096];
    private int count;
    private int terms;

    /** A new scalar, which depends on nothing so far. */
    int of(double value) {
        if (count == values.length) {
            values = Arrays.copyOf(values, 2 * count);
            ends = Arrays.copyOf(ends, 2 * count);
        }
        values[count] = value;
        ends[count] = terms;
        return count++;
    }

    double value(int scalar) {
        return values[scalar];
    }

    double[] values(int[] scalars) {
        return Arrays.stream(scalars).mapToDouble(this::value).toArray();
    }

    /** The newest scalar's derivative by an earlier one, which adds to what was said of the two before. */
    void depends(int parent, double slope) {
        if (terms == parents.length) {
            parents = Arrays.copyOf(parents, 2 * terms);
            slopes = Arrays.copyOf(slopes, 2 * terms);
        }
        parents[terms] = parent;
        slopes[terms++] = slope;
        ends[count - 1] = terms;
    }

    /** Adds {@code factor · a} to the newest scalar. */
    void add(double factor, int a) {
        values[count - 1] += factor * values[a];
        depends(a, factor);
    }

    /** Adds {@code factor · a · b} to the newest scalar. */
    void addProduct(double factor, int a, int b) {
        values[count - 1] += factor * values[a] * values[b];
        depends(a, factor * values[b]);
        depends(b, factor * values[a]);
    }

    /**
     * Derivatives by all scalars, in place.
     *
     * @param derivatives of a result by those scalars that it is made of directly; 0 of others
     */
    void accumulate(double[] derivatives) {
        for (int scalar = count - 1; scalar >= 0; scalar--) {
            for (int term = scalar == 0 ? 0 : ends[scalar - 1]; term < ends[scalar]; term++) {
                derivatives[parents[term]] += slopes[term] * derivatives[scalar];
            }
        }
    }

    int count() {
        return count;
    }
}
