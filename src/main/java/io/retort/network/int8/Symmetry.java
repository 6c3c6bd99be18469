package io.retort.network.int8;

/** How a code lies around 0 (Nagel et al. 2021, arXiv:2106.08295, section 2.2). */
public enum Symmetry {
    /** Zero point 0 where there are values of both signs; where none is negative, all codes are for the others and the zero point is the least. */
    SYMMETRIC {
        @Override
        public AffineCode code(double min, double max, int bits) {
            return min >= 0
                    ? AffineCode.asymmetric(0, max, bits)
                    : AffineCode.symmetric(Math.max(-min, Math.abs(max)), bits);
        }
    },
    /** The codes reach from the smallest to the greatest value, and the zero point is wherever 0 falls. */
    ASYMMETRIC {
        @Override
        public AffineCode code(double min, double max, int bits) {
            return AffineCode.asymmetric(min, max, bits);
        }
    };

    /** The code of b {@code bits} for values from {@code min} to {@code max}. */
    public abstract AffineCode code(double min, double max, int bits);
}
