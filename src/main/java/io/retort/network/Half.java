package io.retort.network;

/**
 * IEEE 754 half precision (binary16): a sign, 5 bits of exponent and 10 of fraction.
 *
 * <p>Rounded to nearest, ties to even. A number is off by at most its 2⁻¹¹th part, or by 2⁻²⁵ where it is
 * smaller than 2⁻¹⁴.
 */
public final class Half {
    /** Numbers of this magnitude and beyond would be rounded to infinity. */
    public static final float LIMIT = 65520;

    private Half() {}

    /** Whether a number has a finite half. */
    public static boolean holds(float value) {
        return Math.abs(value) < LIMIT;
    }

    /** The half nearest to a number that {@link #holds}. */
    public static short of(float value) {
        int bits = Float.floatToRawIntBits(value);
        int sign = (bits >>> 16) & 0x8000;
        int magnitude = bits & 0x7FFFFFFF;
        if (magnitude < 0x38800000) {
            // Below 2⁻¹⁴ halves are multiples of 2⁻²⁴; the product is exact, and rint rounds ties to even.
            return (short) (sign | (int) Math.rint((double) Math.abs(value) * 0x1p24));
        }
        // The exponent's bias falls from 127 to 15, the fraction from 23 bits to 10; a carry out of the fraction raises
        // the exponent, as it should.
        int rounded = magnitude + 0xFFF + ((magnitude >>> 13) & 1);
        return (short) (sign | ((rounded - (112 << 23)) >>> 13));
    }

    /** The value of a finite half. */
    public static float value(short half) {
        int magnitude = half & 0x7FFF;
        float value = magnitude < 0x400 ? magnitude * 0x1p-24f : Float.intBitsToFloat((magnitude << 13) + (112 << 23));
        return half < 0 ? -value : value;
    }

    /** The number that a number is read back as. */
    public static float roundTrip(float value) {
        return value(of(value));
    }
}
