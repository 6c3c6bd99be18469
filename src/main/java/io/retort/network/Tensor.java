package io.retort.network;

import java.io.Serializable;
import java.util.Arrays;
import java.util.List;

/**
 * A dense float32 tensor, row-major. It takes its array over without a copy; its former owner no longer writes to it.
 */
public final class Tensor implements Serializable {
    private static final long serialVersionUID = 1L;

    private final List<Integer> sizes;
    private final float[] values;

    public Tensor(List<Integer> sizes, float[] values) {
        this.sizes = List.copyOf(sizes);
        this.values = values;
        int elements = sizes.stream().reduce(1, Math::multiplyExact);
        if (elements != values.length) {
            throw new ShapeException(
                    "a tensor of " + sizes + " has " + elements + " elements, was given " + values.length);
        }
    }

    public List<Integer> sizes() {
        return sizes;
    }

    /** The values themselves, not a copy; read only. */
    public float[] values() {
        return values;
    }

    /** Equal sizes and bit-equal values, so that NaN equals NaN and 0 differs from −0. */
    @Override
    public boolean equals(Object other) {
        return other instanceof Tensor that && sizes.equals(that.sizes) && Arrays.equals(values, that.values);
    }

    @Override
    public int hashCode() {
        return 31 * sizes.hashCode() + Arrays.hashCode(values);
    }

    @Override
    public String toString() {
        return "tensor" + sizes;
    }
}
