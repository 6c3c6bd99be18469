package io.retort.compress.quantize.calibrate;

import io.retort.config.Decimals;
import java.io.Serializable;
import java.util.Arrays;

/**
 * How often values fell into bins of equal width.
 *
 * <p>The width is a power of two, 2ᵉ, and bin i holds {@code [i · 2ᵉ, (i + 1) · 2ᵉ)}. e is the smallest for
 * which the bins from the least to the greatest value, 0 included, are at most {@value #BINS}. Bins of a larger e are
 * unions of those of a smaller one, so the histogram is a function of the values alone: in whatever order and parts
 * they came, merged parts are the histogram of the whole. It never grows.
 *
 * <p>Exact zeros, which every code keeps, are counted apart.
 */
public final class Histogram implements Serializable {
    private static final long serialVersionUID = 1L;

    /** The most bins; between half of them and all are used, unless all values are 0. */
    public static final int BINS = 4096;

    /** Below the smallest float. */
    private static final int MIN_EXPONENT = -149;

    private int exponent = MIN_EXPONENT;
    /** Counts of the bins from 0 up, and of those below: {@code below[k]} is that of bin −1 − k. */
    private long[] above = new long[0];

    private long[] below = new long[0];
    private long zeros;
    private long count;
    private double min;
    private double max;

    /** The histogram of all elements. */
    public static Histogram of(float... values) {
        Histogram histogram = new Histogram();
        histogram.add(values, 0, values.length);
        return histogram;
    }

    /** Adds {@code values[from]} to {@code values[to − 1]}. */
    public void add(float[] values, int from, int to) {
        double least = min;
        double greatest = max;
        for (int i = from; i < to; i++) {
            if (!Float.isFinite(values[i])) {
                throw new IllegalArgumentException(
                        "a histogram is of finite numbers, was given " + values[i] + "; the network has diverged");
            }
            least = Math.min(least, values[i]);
            greatest = Math.max(greatest, values[i]);
        }
        widen(least, greatest, exponent);
        double perWidth = Math.scalb(1.0, -exponent);
        for (int i = from; i < to; i++) {
            float value = values[i];
            if (value > 0) {
                above[(int) (value * perWidth)]++;
            } else if (value < 0) {
                below[-1 - (int) Math.floor(value * perWidth)]++;
            } else {
                zeros++;
            }
        }
        count += to - from;
    }

    /** Adds the counts of another one. */
    public void add(Histogram other) {
        widen(Math.min(min, other.min), Math.max(max, other.max), Math.max(exponent, other.exponent));
        int shift = exponent - other.exponent;
        for (int i = 0; i < other.above.length; i++) {
            above[shifted(i, shift)] += other.above[i];
        }
        for (int i = 0; i < other.below.length; i++) {
            below[shifted(i, shift)] += other.below[i];
        }
        zeros += other.zeros;
        count += other.count;
    }

    /** Makes the bins as wide as the values need, and room for them. */
    private void widen(double least, double greatest, int atLeast) {
        int needed = atLeast;
        while (bin(greatest, needed) - bin(least, needed) >= BINS) {
            needed++;
        }
        above = resized(above, needed - exponent, greatest > 0 ? (int) bin(greatest, needed) + 1 : 0);
        below = resized(below, needed - exponent, least < 0 ? (int) -bin(least, needed) : 0);
        exponent = needed;
        min = least;
        max = greatest;
    }

    private static double bin(double value, int exponent) {
        return Math.floor(Math.scalb(value, -exponent));
    }

    private static long[] resized(long[] counts, int shift, int size) {
        if (shift == 0 && size == counts.length) {
            return counts;
        }
        long[] wider = new long[size];
        for (int i = 0; i < counts.length; i++) {
            wider[shifted(i, shift)] += counts[i];
        }
        return wider;
    }

    private static int shifted(int bin, int shift) {
        return shift > 31 ? 0 : bin >>> shift;
    }

    /** The same of all values but those that are exactly 0. */
    public Histogram withoutZeros() {
        Histogram others = new Histogram();
        others.add(this);
        others.count -= zeros;
        others.zeros = 0;
        return others;
    }

    /**
     * The histogram of the same values with their signs changed, but for values on the edge of a bin, which are one bin
     * farther from 0.
     */
    Histogram mirrored() {
        Histogram mirrored = new Histogram();
        mirrored.add(this);
        mirrored.above = below.clone();
        mirrored.below = above.clone();
        mirrored.min = -max;
        mirrored.max = -min;
        return mirrored;
    }

    /** The number of values. */
    public long count() {
        return count;
    }

    /** The number of values that are exactly 0. */
    public long zeros() {
        return zeros;
    }

    /** The least value, or 0 where none is negative. */
    public double min() {
        return min;
    }

    /** The greatest value, or 0 where none is positive. */
    public double max() {
        return max;
    }

    /** The width of a bin. */
    public double width() {
        return Math.scalb(1.0, exponent);
    }

    /** The counts of {@code |value|} from 0 up, zeros apart. */
    public long[] magnitudes() {
        long[] counts = Arrays.copyOf(above, Math.max(above.length, below.length));
        for (int i = 0; i < below.length; i++) {
            counts[i] += below[i];
        }
        return counts;
    }

    /** Visits each bin that is not empty, by its centre, within the values' range, and its count. */
    public void forEach(Visitor visitor) {
        double width = width();
        for (int i = below.length - 1; i >= 0; i--) {
            if (below[i] > 0) {
                visitor.bin(Math.max(min, -(i + 0.5) * width), below[i]);
            }
        }
        for (int i = 0; i < above.length; i++) {
            if (above[i] > 0) {
                visitor.bin(Math.min(max, (i + 0.5) * width), above[i]);
            }
        }
    }

    /** Receives one bin. */
    @FunctionalInterface
    public interface Visitor {
        void bin(double centre, long count);
    }

    /**
     * The value that the given {@code share} of the values, from 0 to 1, do not exceed; a bin's values are taken to lie
     * evenly in it.
     */
    public double quantile(double share) {
        double rank = Decimals.product(share, count);
        double passed = 0;
        for (int i = below.length - 1; i >= 0; i--) {
            if (below[i] > 0 && passed + below[i] >= rank) {
                return clamped(-(i + 1) + (rank - passed) / below[i]);
            }
            passed += below[i];
        }
        if (passed + zeros >= rank) {
            return 0;
        }
        passed += zeros;
        for (int i = 0; i < above.length; i++) {
            if (above[i] > 0 && passed + above[i] >= rank) {
                return clamped(i + (rank - passed) / above[i]);
            }
            passed += above[i];
        }
        return max;
    }

    private double clamped(double bins) {
        return Math.max(min, Math.min(max, bins * width()));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Histogram that
                && exponent == that.exponent
                && zeros == that.zeros
                && count == that.count
                && min == that.min
                && max == that.max
                && Arrays.equals(above, that.above)
                && Arrays.equals(below, that.below);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(above) + Arrays.hashCode(below);
    }

    @Override
    public String toString() {
        return count + " values from " + min + " to " + max;
    }
}
