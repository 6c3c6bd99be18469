package io.retort.distill.allreduce;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Sums of one step at nodes of a {@link LaneTree}. Two siblings become their parent as soon as both are there, so that
 * of n lanes in order at most {@code 1 + log₂ n} vectors are held. Several threads may add at once; additions run
 * outside of the lock.
 */
final class PartialSums {
    private static final float[] NONE = {};

    private final LaneTree tree;
    private final Vectors vectors;
    private final int[] tops;
    private final boolean[] isTop;
    private final float[][] held;
    private int missing;

    /** @param tops where adding ends: the nodes that are wanted */
    PartialSums(LaneTree tree, int[] tops, Vectors vectors) {
        this.tree = tree;
        this.vectors = vectors;
        this.tops = tops.clone();
        this.isTop = new boolean[tree.nodes()];
        this.held = new float[tree.nodes()][];
        this.missing = tops.length;
        for (int top : tops) {
            isTop[top] = true;
        }
    }

    /**
     * Adds a lane's vector, which stays the caller's.
     *
     * @return whether all sums are there now
     */
    boolean addLane(int lane, float[] values) {
        int leaf = tree.leaf(lane);
        float[] other = takeSibling(leaf);
        if (other != NONE) {
            add(other, values);
            return put(tree.parent(leaf), other);
        }
        float[] copy = vectors.take();
        System.arraycopy(values, 0, copy, 0, copy.length);
        return put(leaf, copy);
    }

    private synchronized float[] takeSibling(int node) {
        int sibling = tree.sibling(node);
        if (isTop[node] || held[sibling] == null) {
            return NONE;
        }
        float[] other = held[sibling];
        held[sibling] = null;
        return other;
    }

    /**
     * Takes a node's vector, one of {@link Vectors}.
     *
     * @return whether all sums are there now
     */
    boolean put(int node, float[] vector) {
        int at = node;
        while (true) {
            float[] other;
            synchronized (this) {
                int sibling = tree.sibling(at);
                if (isTop[at] || held[sibling] == null) {
                    held[at] = vector;
                    return isTop[at] && --missing == 0;
                }
                other = held[sibling];
                held[sibling] = null;
            }
            add(vector, other);
            vectors.giveBack(other);
            at = tree.parent(at);
        }
    }

    private static void add(float[] sum, float[] values) {
        for (int i = 0; i < sum.length; i++) {
            sum[i] += values[i];
        }
    }

    synchronized float[] at(int top) {
        return held[top];
    }

    /** Makes room for another step: the vectors of this one will be written to. */
    synchronized void clear() {
        for (int top : tops) {
            if (held[top] != null) {
                vectors.giveBack(held[top]);
                held[top] = null;
            }
        }
        missing = tops.length;
    }

    /** Arrays of one length that are used again, so that a step allocates none. */
    static final class Vectors {
        private final int length;
        private final Deque<float[]> free = new ArrayDeque<>();

        Vectors(int length) {
            this.length = length;
        }

        int length() {
            return length;
        }

        /** Its values are those of its last use. */
        float[] take() {
            synchronized (free) {
                if (!free.isEmpty()) {
                    return free.pop();
                }
            }
            return new float[length];
        }

        void giveBack(float[] vector) {
            synchronized (free) {
                free.push(vector);
            }
        }
    }
}
