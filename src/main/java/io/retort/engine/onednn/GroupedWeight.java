package io.retort.engine.onednn;

import java.nio.FloatBuffer;

/**
 * The weights of a convolution within groups among zeros, as those of a plain convolution that computes the same.
 *
 * <p>oneDNN has fast operations for groups that fill its vectors. For narrower ones it multiplies group by group, and
 * a plain convolution, which also multiplies by the zeros, is faster.
 *
 * @param outputs channels of all groups
 * @param inputs likewise
 * @param cells of the kernel
 */
record GroupedWeight(int groups, int outputs, int inputs, int cells) {
    /** Floats of a vector of AVX2. */
    private static final int VECTOR = 8;

    /** Whether a plain convolution is to compute it. A depthwise one has fast operations of its own. */
    boolean isNarrow() {
        return groups > 1 && groups < inputs && Math.min(inputs, outputs) / groups < VECTOR;
    }

    /** @param from {@code [outputs, inputs / groups, cells]}
     * @param to {@code [outputs, inputs, cells]} */
    void expand(FloatBuffer from, FloatBuffer to) {
        MovingLayers.clear(to);
        for (int output = 0; output < outputs; output++) {
            to.put(place(output), from, output * run(), run());
        }
    }

    /** The reverse, which leaves out the gradients of zeros. */
    void collect(FloatBuffer from, FloatBuffer to) {
        for (int output = 0; output < outputs; output++) {
            to.put(output * run(), from, place(output), run());
        }
    }

    private int run() {
        return inputs / groups * cells;
    }

    private int place(int output) {
        int group = output / (outputs / groups);
        return output * inputs * cells + group * run();
    }
}
