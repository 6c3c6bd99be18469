package io.retort.data.encode;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Cuts texts into tokens: in Unicode's composed form (NFC) and lower case, with ς as σ, every run of letters, marks and
 * decimal digits is a token ({@code [\p{L}\p{M}\p{Nd}]+}); all else only parts them. A run of more than
 * {@value #MOST_LETTERS} code points counts with its first ones.
 *
 * <p>Where a script has no spaces between words, each letter is a token of its own, with the marks behind it: Chinese,
 * Japanese, Thai, Lao, Khmer and Myanmar, by the ranges of code points in {@code docs/TEXT.md}. A phrase as one token
 * would be found again in hardly any other text.
 */
public final class Tokens {
    private static final int MOST_LETTERS = 40;

    /**
     * The first and last code points of ranges, ascending. Written out, since the scripts of Unicode differ from
     * version to version.
     */
    private static final int[] WITHOUT_SPACES = {
        0x0E00, 0x0EFF, // Thai, Lao
        0x1000, 0x109F, // Myanmar
        0x1780, 0x17FF, // Khmer
        0x3005, 0x3007, // Chinese: repetition, closing and zero
        0x3040, 0x30FF, // Hiragana, Katakana
        0x31F0, 0x31FF, // Katakana, extensions
        0x3400, 0x4DBF, // Chinese, extension A
        0x4E00, 0x9FFF, // Chinese
        0xA9E0, 0xA9FF, // Myanmar, extension B
        0xAA60, 0xAA7F, // Myanmar, extension A
        0xF900, 0xFAFF, // Chinese, compatibility
        0xFF66, 0xFF9F, // Katakana, half width
        0x1B000, 0x1B16F, // Kana, supplement and extensions
        0x20000, 0x3FFFF, // Chinese, further extensions
    };

    /** A token, before it is cut to its first letters, in the language of Oniguruma. */
    static final String PATTERN = pattern();

    /** What is left of a token, likewise. */
    static final String FIRST = "^.{1," + MOST_LETTERS + "}";

    private Tokens() {}

    private static String pattern() {
        StringBuilder ranges = new StringBuilder();
        for (int i = 0; i < WITHOUT_SPACES.length; i += 2) {
            ranges.append("\\x{%X}-\\x{%X}".formatted(WITHOUT_SPACES[i], WITHOUT_SPACES[i + 1]));
        }
        return "[\\p{L}&&[%1$s]]\\p{M}*|[\\p{M}\\p{Nd}[\\p{L}&&[^%1$s]]]+".formatted(ranges);
    }

    /**
     * The first tokens of a text.
     *
     * @param most how many at most
     */
    public static List<String> of(String text, int most) {
        // A capital sigma becomes either small one by the letters around it, and of that Java has a rule of its own.
        String plain = Normalizer.normalize(text, Normalizer.Form.NFC)
                .toLowerCase(Locale.ROOT)
                .replace('ς', 'σ');
        List<String> tokens = new ArrayList<>();
        int at = 0;
        while (at < plain.length() && tokens.size() < most) {
            int end = end(plain, at);
            if (end > at) {
                tokens.add(firstLetters(plain.substring(at, end)));
                at = end;
            } else {
                at += Character.charCount(plain.codePointAt(at));
            }
        }
        return tokens;
    }

    /** Where the token that begins at a place ends; the place itself where none begins. */
    private static int end(String text, int start) {
        int at = start;
        boolean alone = at < text.length() && isAlone(text.codePointAt(at));
        while (at < text.length()) {
            int next = text.codePointAt(at);
            boolean goesOn = at == start || isMark(next) || (!alone && !isAlone(next));
            if (!goesOn || (!isMark(next) && !Character.isLetterOrDigit(next))) {
                break;
            }
            at += Character.charCount(next);
        }
        return at;
    }

    private static String firstLetters(String run) {
        return run.codePointCount(0, run.length()) <= MOST_LETTERS
                ? run
                : run.substring(0, run.offsetByCodePoints(0, MOST_LETTERS));
    }

    /** Whether it is a letter of a script that has no spaces between words. */
    private static boolean isAlone(int codePoint) {
        int range = Arrays.binarySearch(WITHOUT_SPACES, codePoint);
        // Even places are first code points of ranges, odd ones last.
        boolean inside = range >= 0 || (-range - 1) % 2 == 1;
        return inside && Character.isLetter(codePoint);
    }

    private static boolean isMark(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.NON_SPACING_MARK, Character.COMBINING_SPACING_MARK, Character.ENCLOSING_MARK -> true;
            default -> false;
        };
    }
}
