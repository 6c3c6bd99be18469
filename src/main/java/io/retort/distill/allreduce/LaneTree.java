package io.retort.distill.allreduce;

import java.util.BitSet;
import java.util.stream.IntStream;

/** The fixed binary tree of {@link AllReduce}. Nodes are numbered in pre-order from the root, 0. */
final class LaneTree {
    private final int lanes;
    private final int[] parents;
    private final int[] siblings;
    private final int[] leaves;

    LaneTree(int lanes) {
        this.lanes = lanes;
        parents = new int[2 * lanes - 1];
        siblings = new int[2 * lanes - 1];
        leaves = new int[lanes];
        grow(0, 0, lanes);
    }

    private void grow(int node, int from, int to) {
        if (to - from == 1) {
            leaves[from] = node;
            return;
        }
        int middle = middle(from, to);
        int left = left(node);
        int right = right(node, from, middle);
        parents[left] = node;
        parents[right] = node;
        siblings[left] = right;
        siblings[right] = left;
        grow(left, from, middle);
        grow(right, middle, to);
    }

    private static int middle(int from, int to) {
        return (from + to) >>> 1;
    }

    private static int left(int node) {
        return node + 1;
    }

    /** A tree of n leaves has 2n − 1 nodes. */
    private static int right(int node, int from, int middle) {
        return node + 2 * (middle - from);
    }

    int nodes() {
        return parents.length;
    }

    int leaf(int lane) {
        return leaves[lane];
    }

    int parent(int node) {
        return parents[node];
    }

    int sibling(int node) {
        return siblings[node];
    }

    /**
     * The least nodes that have exactly these lanes below them, from left to right: the sums that need no other lane.
     */
    int[] tops(BitSet own) {
        return tops(own, 0, 0, lanes).toArray();
    }

    private static IntStream tops(BitSet own, int node, int from, int to) {
        if (own.nextClearBit(from) >= to) {
            return IntStream.of(node);
        }
        int next = own.nextSetBit(from);
        if (next < 0 || next >= to) {
            return IntStream.empty();
        }
        int middle = middle(from, to);
        return IntStream.concat(tops(own, left(node), from, middle), tops(own, right(node, from, middle), middle, to));
    }
}
