package io.retort.data;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Cuts texts into tokens: in Unicode's composed form (NFC) and lower case, with ς as σ, every run of letters, marks and decimal digits is a token
 * ({@code [\p{L}\p{M}\p{Nd}]+}); all else only parts them. A run of more than {@value #MOST_LETTERS} code points counts with its first ones.
 *
 * <p>It is the same in all languages, so Chinese, Japanese and Thai texts, which have no spaces between words, become one token for each phrase.
 */
public final class Tokens {
    /** Changes when the same text would become other tokens. */
    static final String VERSION = "tokens/2";

    private static final int MOST_LETTERS = 40;

    private Tokens() {}

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
            int start = at;
            int letters = 0;
            int end = at;
            while (at < plain.length() && belongs(plain.codePointAt(at))) {
                at += Character.charCount(plain.codePointAt(at));
                letters++;
                end = letters <= MOST_LETTERS ? at : end;
            }
            if (end > start) {
                tokens.add(plain.substring(start, end));
            } else {
                at += Character.charCount(plain.codePointAt(at));
            }
        }
        return tokens;
    }

    private static boolean belongs(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.NON_SPACING_MARK, Character.COMBINING_SPACING_MARK, Character.ENCLOSING_MARK -> true;
            default -> Character.isLetterOrDigit(codePoint);
        };
    }
}
