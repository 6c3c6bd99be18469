package io.retort.data;

import java.math.BigInteger;
import java.util.regex.Pattern;

/** Numbers as text files spell them, and the whole ones among them that floats hold. */
public final class Numbers {
    /** To follow the place and the value of a feature. */
    public static final String ROUNDED =
            " is a whole number of more digits than 32-bit floats hold (all up to 16777216), so it is"
                    + " rounded; leave out ids and times, and scale quantities";

    private static final int FLOAT_BITS = 24;
    private static final Pattern WHOLE = Pattern.compile("[+-]?\\d+");

    private Numbers() {}

    /**
     * Whether a 32-bit float holds a whole number exactly: from its first bit that is set to the last there are at most
     * 24.
     */
    public static boolean isFloat(long value) {
        long size = Math.abs(value); // of the smallest long it is that again: 2^63 without a sign
        return size == 0
                || Long.SIZE - Long.numberOfLeadingZeros(size) - Long.numberOfTrailingZeros(size) <= FLOAT_BITS;
    }

    public static boolean isFloat(BigInteger value) {
        BigInteger size = value.abs();
        return size.signum() == 0
                || (size.bitLength() - size.getLowestSetBit() <= FLOAT_BITS
                        && size.bitLength() <= 1 + Float.MAX_EXPONENT);
    }

    /**
     * Whether a text spells a whole number that a 32-bit float does not hold exactly; 1e9 and 3.0 are floating-point
     * numbers.
     */
    public static boolean losesDigits(String text, double value) {
        return Math.abs(value) > 1 << FLOAT_BITS && WHOLE.matcher(text).matches() && !isFloat(new BigInteger(text));
    }

    /** The number that a text spells in decimal, not-a-number if it spells none. */
    public static double parse(String text) {
        // Java would take a type suffix, as in 1.5f, and hexadecimal digits for part of a number, and skip a NUL
        // before.
        if (text.isEmpty()
                || (text.charAt(0) < ' ' && !Character.isWhitespace(text.charAt(0)))
                || !isLast(text.charAt(text.length() - 1))
                || text.indexOf('x') >= 0
                || text.indexOf('X') >= 0) {
            return Double.NaN;
        }
        try {
            return Double.parseDouble(text);
        } catch (NumberFormatException e) {
            return Double.NaN;
        }
    }

    private static boolean isLast(char character) {
        return (character >= '0' && character <= '9') || character == '.';
    }
}
