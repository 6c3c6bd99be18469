package io.retort.evaluate;

import java.io.Serializable;
import java.util.Arrays;
import java.util.OptionalDouble;

/**
 * The scores of samples of two classes, as counts by score: what the areas under the ROC curve and under that of
 * precision and recall need, in bounded memory.
 *
 * <p>A score is a float. While there are at most
 * {@value #MAX_SCORES} different ones each has counts of its own, and the area is exact. When there are more, the last
 * bit of all scores is dropped, and the next, until no more are different: those in one cell then count as equal, so
 * that the area is wrong by at most half the share of pairs of both classes that lie in one cell. How many bits that
 * takes depends on the scores alone, not on how they are dealt out, and neither does what comes out.
 */
final class ScoreCounts implements Serializable {
    private static final long serialVersionUID = 1L;

    /** Some 1.3 MB. */
    static final int MAX_SCORES = 1 << 16;

    private final int most;
    /** Low bits of the keys that are dropped. */
    private int dropped;
    /** Ascending; as integers they have the order of the scores. */
    private int[] keys = {};
    /** By key, samples of the first class and of the second. */
    private long[] first = {};

    private long[] second = {};

    ScoreCounts() {
        this(MAX_SCORES);
    }

    /** @param most different scores that have counts of their own */
    ScoreCounts(int most) {
        this.most = most;
    }

    /**
     * The scores of two classes, each the logit of the second less that of the first.
     *
     * @param logits {@code [samples, 2]}
     */
    static float[] differences(float[] logits) {
        float[] scores = new float[logits.length / 2];
        for (int row = 0; row < scores.length; row++) {
            // In double, so that a difference that overflows as a float is infinite only afterwards.
            scores[row] = (float) ((double) logits[2 * row + 1] - logits[2 * row]);
        }
        return scores;
    }

    /**
     * Adds samples.
     *
     * @param scores the greater, the more likely the second class
     * @param labels 0 or 1
     */
    void add(float[] scores, int[] labels) {
        long[] sorted = new long[labels.length];
        for (int row = 0; row < labels.length; row++) {
            sorted[row] = ((long) key(scores[row]) << 1) | labels[row];
        }
        Arrays.sort(sorted);
        ScoreCounts added = new ScoreCounts(most);
        added.keys = new int[sorted.length];
        added.first = new long[sorted.length];
        added.second = new long[sorted.length];
        for (int row = 0; row < sorted.length; row++) {
            added.keys[row] = (int) (sorted[row] >> 1);
            added.first[row] = 1 - (sorted[row] & 1);
            added.second[row] = sorted[row] & 1;
        }
        added.coarsen(0);
        add(added);
    }

    void add(ScoreCounts other) {
        coarsen(Math.max(dropped, other.dropped));
        merge(other.dropped == dropped ? other : other.coarsened(dropped));
        coarsen(dropped);
    }

    /** Takes over counts of as many bits; equal keys stay apart. */
    private void merge(ScoreCounts other) {
        int[] ownKeys = keys;
        long[] ownFirst = first;
        long[] ownSecond = second;
        int count = ownKeys.length + other.keys.length;
        keys = new int[count];
        first = new long[count];
        second = new long[count];
        int own = 0;
        int its = 0;
        for (int at = 0; at < count; at++) {
            if (its == other.keys.length || (own < ownKeys.length && ownKeys[own] <= other.keys[its])) {
                keys[at] = ownKeys[own];
                first[at] = ownFirst[own];
                second[at] = ownSecond[own++];
            } else {
                keys[at] = other.keys[its];
                first[at] = other.first[its];
                second[at] = other.second[its++];
            }
        }
    }

    /**
     * The area under the ROC curve: the probability that a sample of the second class has a greater score than one of
     * the first, an equal one counting half (Mann and Whitney 1947; Fawcett 2006, "An introduction to ROC analysis",
     * section 7). It is the same with the classes exchanged. In [0, 1]; 0.5 is chance, greater is better. Nothing where
     * a class has no sample.
     */
    OptionalDouble areaUnderRoc() {
        long firsts = Arrays.stream(first).sum();
        long seconds = Arrays.stream(second).sum();
        if (firsts == 0 || seconds == 0) {
            return OptionalDouble.empty();
        }
        double pairs = 0;
        long below = 0;
        for (int i = 0; i < keys.length; i++) {
            pairs += second[i] * (below + first[i] / 2.0);
            below += first[i];
        }
        return OptionalDouble.of(pairs / ((double) firsts * seconds));
    }

    /**
     * Average precision of the second class: {@code Σ (recall(s) − recall(s⁺)) · precision(s)} over the scores s from
     * the greatest on, s⁺ the next greater one, where all samples of at least that score are taken for it; an estimate
     * of the area under the curve of precision and recall that is not too good, as one by trapezoids is (Davis,
     * Goadrich 2006, ICML, section 4). In [0, 1]; chance is the share of the class, greater is better. Nothing where a
     * class has no sample.
     */
    OptionalDouble averagePrecision() {
        long firsts = Arrays.stream(first).sum();
        long seconds = Arrays.stream(second).sum();
        if (firsts == 0 || seconds == 0) {
            return OptionalDouble.empty();
        }
        double sum = 0;
        long taken = 0;
        long right = 0;
        for (int i = keys.length - 1; i >= 0; i--) {
            taken += first[i] + second[i];
            right += second[i];
            sum += (double) second[i] / seconds * right / taken;
        }
        return OptionalDouble.of(sum);
    }

    /** Makes one cell of equal keys, with at least so many bits dropped, and with more until there are few enough. */
    private void coarsen(int bits) {
        join(bits);
        while (keys.length > most) {
            join(dropped + 1);
        }
    }

    private ScoreCounts coarsened(int bits) {
        ScoreCounts copy = new ScoreCounts(most);
        copy.dropped = dropped;
        copy.keys = keys.clone();
        copy.first = first.clone();
        copy.second = second.clone();
        copy.coarsen(bits);
        return copy;
    }

    private void join(int bits) {
        int shift = bits - dropped;
        int cells = 0;
        for (int i = 0; i < keys.length; i++) {
            int key = keys[i] >> shift;
            if (cells > 0 && keys[cells - 1] == key) {
                first[cells - 1] += first[i];
                second[cells - 1] += second[i];
            } else {
                keys[cells] = key;
                first[cells] = first[i];
                second[cells++] = second[i];
            }
        }
        keys = Arrays.copyOf(keys, cells);
        first = Arrays.copyOf(first, cells);
        second = Arrays.copyOf(second, cells);
        dropped = bits;
    }

    /** An integer that is greater where the score is; both zeros have the same. */
    private static int key(float score) {
        int bits = Float.floatToIntBits(score + 0.0f);
        return bits < 0 ? bits ^ Integer.MAX_VALUE : bits;
    }
}
