package io.retort.compress.quantize.calibrate;

import io.retort.network.int8.AffineCode.Symmetry;
import io.retort.network.int8.AffineCode;
import java.io.Serializable;

/**
 * Chooses the range of a code, beyond which it clamps: a wide range rounds coarsely, a narrow one cuts off. A calibrator
 * is the record of its own settings.
 */
public interface Calibrator extends Serializable {
    /**
     * The range for values that are distributed like these.
     *
     * @param symmetry how the code will lie around 0
     * @param bits of the code
     */
    Range range(Histogram histogram, Symmetry symmetry, int bits);

    /**
     * The values that a code tells apart; those beyond are clamped.
     *
     * @param min at most 0
     * @param max at least 0
     */
    record Range(double min, double max) {
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
}
