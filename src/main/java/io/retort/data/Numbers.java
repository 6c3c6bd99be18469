package io.retort.data;

/** Numbers as text files spell them. */
final class Numbers {
    private Numbers() {}

    /** The number that a text spells in decimal, not-a-number if it spells none. */
    static double parse(String text) {
        // Java would take a type suffix, as in 1.5f, and hexadecimal digits for part of a number.
        if (text.isEmpty()
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
