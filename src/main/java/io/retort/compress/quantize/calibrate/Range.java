package io.retort.compress.quantize.calibrate;

import io.retort.network.int8.AffineCode;
import io.retort.network.int8.Symmetry;

/**
 * The values that a code has to tell apart; what is beyond is clamped.
 *
 * @param min at most 0
 * @param max at least 0
 */
public record Range(double min, double max) {
    public Range {
        if (!(min <= 0 && max >= 0) || Double.isInfinite(min) || Double.isInfinite(max)) {
            throw new IllegalArgumentException("a range must be finite and include 0, was " + min + " to " + max);
        }
    }

    /** The code of b {@code bits} for this range. */
    public AffineCode code(Symmetry symmetry, int bits) {
        return symmetry.code(min, max, bits);
    }

    Range times(double lower, double upper) {
        return new Range(lower * min, upper * max);
    }
}
