package io.retort.compress.quantize.calibrate;

import io.retort.network.int8.Symmetry;
import java.io.Serializable;

/** Chooses what a code has to tell apart, and so what it clamps: a wide range rounds coarsely, a narrow one cuts off. */
public interface Calibrator extends Serializable {
    /**
     * The range for values that are distributed like these.
     *
     * @param symmetry how the code will lie around 0
     * @param bits of the code
     */
    Range range(Histogram histogram, Symmetry symmetry, int bits);
}
