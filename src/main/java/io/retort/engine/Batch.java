package io.retort.engine;

import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The rows of one optimiser step. It takes its arrays over without a copy.
 *
 * @param features of all samples, scaled, one after the other
 * @param targets the signals that the loss of the logits learns from, of all samples, one after the other
 * @param size how many samples
 * @param taps the values of the teacher's taps, for each head of the network at a tap, one sample after the other
 */
@SuppressWarnings("ArrayRecordComponent") // on its way to a step, never compared
public record Batch(float[] features, float[] targets, int size, List<float[]> taps) implements Serializable {
    public Batch {
        taps = List.copyOf(taps);
    }

    /** A batch for a network without heads at taps. */
    public Batch(float[] features, float[] targets, int size) {
        this(features, targets, size, List.of());
    }

    /** The samples of this batch and those of another. */
    public Batch followedBy(Batch other) {
        List<float[]> joined = IntStream.range(0, taps.size())
                .mapToObj(i -> joined(taps.get(i), other.taps.get(i)))
                .toList();
        return new Batch(joined(features, other.features), joined(targets, other.targets), size + other.size, joined);
    }

    private static float[] joined(float[] first, float[] second) {
        float[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }
}
