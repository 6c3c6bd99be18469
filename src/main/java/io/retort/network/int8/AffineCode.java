package io.retort.network.int8;

import java.io.Serializable;

/**
 * Whole numbers for real ones: {@code q = clamp(round(x / scale) + zeroPoint, least, greatest)}, read back as
 * {@code x̂ = scale · (q − zeroPoint)} (Jacob et al. 2017, arXiv:1712.05877, section 2.1; Nagel et al. 2021,
 * arXiv:2106.08295, section 2.2).
 *
 * <p>{@code round} is to nearest, ties to even, and the division is float32's: what ONNX's QuantizeLinear does. 0 is
 * always read back as 0, so padding and ReLU stay exact. Within the range, {@code |x − x̂| ≤ scale / 2}.
 *
 * @param scale the real size of one step
 * @param zeroPoint the code of 0
 * @param least the smallest code used
 * @param greatest the greatest code used
 */
public record AffineCode(float scale, int zeroPoint, int least, int greatest) implements Serializable {
    public AffineCode {
        if (!(scale > 0) || Float.isInfinite(scale)) {
            throw new IllegalArgumentException("scale must be a finite number > 0, was " + scale);
        }
        if (least < Byte.MIN_VALUE || greatest > Byte.MAX_VALUE || least >= greatest) {
            throw new IllegalArgumentException(
                    "codes must be a part of -128 to 127, were " + least + " to " + greatest);
        }
        if (zeroPoint < least || zeroPoint > greatest) {
            throw new IllegalArgumentException(
                    "zero point must be one of the codes " + least + " to " + greatest + ", was " + zeroPoint);
        }
    }

    /**
     * Both sides alike: {@code scale = greatestMagnitude / (2ᵇ⁻¹ − 1)} for b bits, zero point 0, codes
     * {@code ±(2ᵇ⁻¹ − 1)}. The code −2ᵇ⁻¹ is not used, so that −x has the code of x with its sign
     * changed.
     */
    public static AffineCode symmetric(double greatestMagnitude, int bits) {
        int greatest = (1 << (requireBits(bits) - 1)) - 1;
        return new AffineCode(scale(greatestMagnitude, greatest), 0, -greatest, greatest);
    }

    /**
     * From {@code min} to {@code max}, both moved to include 0: {@code scale = (max − min) / (2ᵇ − 1)} for b
     * bits, {@code zeroPoint = round(−2ᵇ⁻¹ − min / scale)}, codes −2ᵇ⁻¹ to 2ᵇ⁻¹ − 1.
     */
    public static AffineCode asymmetric(double min, double max, int bits) {
        double lower = Math.min(0, min);
        double upper = Math.max(0, max);
        int least = -(1 << (requireBits(bits) - 1));
        int greatest = -least - 1;
        float scale = scale(upper - lower, greatest - least);
        int zeroPoint = (int) Math.rint(least - lower / scale);
        return new AffineCode(scale, Math.max(least, Math.min(greatest, zeroPoint)), least, greatest);
    }

    /** A range of nothing but zeros gets the scale 1, which codes them exactly. */
    private static float scale(double width, int steps) {
        if (!(width >= 0) || Double.isInfinite(width)) {
            throw new IllegalArgumentException("the range of a code must be finite, was " + width + " wide");
        }
        return width == 0 ? 1 : Math.max(Float.MIN_NORMAL, (float) (width / steps));
    }

    private static int requireBits(int bits) {
        if (bits < 2 || bits > 8) {
            throw new IllegalArgumentException("bits must be from 2 to 8, was " + bits);
        }
        return bits;
    }

    /** The code of a real number. */
    public byte quantize(float value) {
        double nearest = Math.rint(value / scale) + zeroPoint;
        return (byte) Math.max(least, Math.min(greatest, nearest));
    }

    /** The real number of a code. */
    public float dequantize(int code) {
        return scale * (code - zeroPoint);
    }

    /** The real number that a real number is read back as. */
    public float roundTrip(float value) {
        return dequantize(quantize(value));
    }

    /** The smallest real number that is not clamped, up to half a step. */
    public float min() {
        return dequantize(least);
    }

    /** The greatest real number that is not clamped, up to half a step. */
    public float max() {
        return dequantize(greatest);
    }

    /** How a code lies around 0 (Nagel et al. 2021, arXiv:2106.08295, section 2.2). */
    public enum Symmetry {
        /**
         * Zero point 0 where there are values of both signs; where none is negative, all codes are for the others and
         * the zero point is the least.
         */
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
}
