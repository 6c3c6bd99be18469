package io.retort.evaluate;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * The nearest others of each of some rows, by the cosine of their vectors.
 *
 * @param nearest {@code [rows][k]}, the nearest first
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Neighbours(int[][] nearest) {
    /**
     * Those of all rows.
     *
     * @param vectors {@code [rows, width]}, of more than k rows
     */
    static Neighbours of(float[] vectors, int width, int k) {
        int rows = vectors.length / width;
        float[] units = units(vectors, width);
        float[][] byValue = new float[width][rows];
        for (int i = 0; i < units.length; i++) {
            byValue[i % width][i / width] = units[i];
        }
        float[] cosines = new float[rows];
        int[][] nearest = new int[rows][];
        for (int row = 0; row < rows; row++) {
            Arrays.fill(cosines, 0);
            for (int i = 0; i < width; i++) {
                add(units[row * width + i], byValue[i], cosines);
            }
            cosines[row] = Float.NEGATIVE_INFINITY; // not an other
            nearest[row] = greatest(cosines, k);
        }
        return new Neighbours(nearest);
    }

    /** In the order of rows, so that processors do several at once. */
    private static void add(float factor, float[] values, float[] sums) {
        for (int i = 0; i < sums.length; i++) {
            sums[i] += factor * values[i];
        }
    }

    /** Vectors of length 1; those of zeros stay. */
    static float[] units(float[] vectors, int width) {
        float[] units = vectors.clone();
        for (int from = 0; from < units.length; from += width) {
            double squares = 0;
            for (int i = from; i < from + width; i++) {
                squares += (double) vectors[i] * vectors[i];
            }
            for (int i = from; i < from + width && squares > 0; i++) {
                units[i] = (float) (vectors[i] / Math.sqrt(squares));
            }
        }
        return units;
    }

    /** The places of the k greatest values, the greatest first; of equal ones the earlier first. */
    private static int[] greatest(float[] values, int k) {
        int[] places = new int[k];
        int found = 0;
        for (int i = 0; i < values.length; i++) {
            if (found == k && values[i] <= values[places[k - 1]]) {
                continue;
            }
            int at = found < k ? found++ : k - 1;
            for (; at > 0 && values[i] > values[places[at - 1]]; at--) {
                places[at] = places[at - 1];
            }
            places[at] = i;
        }
        return places;
    }

    /** The share of these that are among others of the same rows, a mean over the rows. */
    double recalledBy(Neighbours others) {
        long common = 0;
        for (int row = 0; row < nearest.length; row++) {
            int[] there = others.nearest[row];
            common += Arrays.stream(nearest[row])
                    .filter(one -> IntStream.of(there).anyMatch(other -> other == one))
                    .count();
        }
        return (double) common / nearest.length / nearest[0].length;
    }

    /** The share of rows whose class is that of most of their nearest; of two as frequent ones the nearer's. */
    double accuracy(int[] classes) {
        long right = 0;
        for (int row = 0; row < nearest.length; row++) {
            Map<Integer, Integer> votes = new HashMap<>();
            for (int other : nearest[row]) {
                votes.merge(classes[other], 1, Integer::sum);
            }
            int most = votes.values().stream().mapToInt(Integer::intValue).max().orElseThrow();
            int chosen = Arrays.stream(nearest[row])
                    .map(other -> classes[other])
                    .filter(one -> votes.get(one) == most)
                    .findFirst()
                    .orElseThrow();
            right += chosen == classes[row] ? 1 : 0;
        }
        return (double) right / nearest.length;
    }
}
