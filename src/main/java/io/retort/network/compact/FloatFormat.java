package io.retort.network.compact;

import io.retort.network.Half;
import io.retort.network.Tensor;

/** How parameters are stored that have no int8 codes. */
public enum FloatFormat {
    /** 2 bytes, IEEE 754 half precision; a tensor with a number that has no half stays float32. */
    FLOAT16,
    /** 4 bytes, exactly. */
    FLOAT32;

    /** Whether this format holds all numbers of a tensor. */
    public boolean holds(Tensor tensor) {
        if (this == FLOAT32) {
            return true;
        }
        for (float value : tensor.values()) {
            if (!Half.holds(value)) {
                return false;
            }
        }
        return true;
    }

    /** Whether a tensor is stored as halves. */
    boolean halves(Tensor tensor) {
        return this == FLOAT16 && holds(tensor);
    }

    /** The tensor as it is read back. */
    public Tensor roundTrip(Tensor tensor) {
        if (!halves(tensor)) {
            return tensor;
        }
        float[] rounded = new float[tensor.values().length];
        for (int i = 0; i < rounded.length; i++) {
            rounded[i] = Half.roundTrip(tensor.values()[i]);
        }
        return new Tensor(tensor.sizes(), rounded);
    }
}
