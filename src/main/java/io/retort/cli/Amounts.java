package io.retort.cli;

import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** How the command line writes times and sizes. */
final class Amounts {
    private static final Pattern AMOUNT = Pattern.compile("(\\d{1,12})([a-z]?)");
    private static final Map<String, Long> SECONDS = Map.of("s", 1L, "m", 60L, "h", 3600L, "d", 86_400L, "w", 604_800L);
    private static final Map<String, Long> BYTES =
            Map.of("", 1L, "k", 1L << 10, "m", 1L << 20, "g", 1L << 30, "t", 1L << 40);

    private Amounts() {}

    /** {@code 90s}, {@code 15m}, {@code 12h}, {@code 30d}, {@code 8w}. */
    static final class Time implements ITypeConverter<Duration> {
        @Override
        public Duration convert(String text) {
            return Duration.ofSeconds(
                    amount(text, SECONDS, "a time such as 12h or 30d (s, m, h, d or w behind a whole number)"));
        }
    }

    /** {@code 500m}, {@code 50g}, {@code 2t}. */
    static final class Size implements ITypeConverter<Long> {
        @Override
        public Long convert(String text) {
            return amount(text, BYTES, "a size such as 500m or 50g (k, m, g or t behind a whole number)");
        }
    }

    private static long amount(String text, Map<String, Long> units, String allowed) {
        Matcher matcher = AMOUNT.matcher(text.strip().toLowerCase(Locale.ROOT));
        try {
            if (matcher.matches() && units.containsKey(matcher.group(2))) {
                return Math.multiplyExact(Long.parseLong(matcher.group(1)), units.get(matcher.group(2)));
            }
        } catch (ArithmeticException e) {
            throw new TypeConversionException("must be smaller, was '" + text + "'");
        }
        throw new TypeConversionException("must be " + allowed + ", was '" + text + "'");
    }

    /** {@code 1.5 GiB}. */
    static String bytes(long bytes) {
        if (bytes < 1024) {
            return bytes + " B";
        }
        int unit = (63 - Long.numberOfLeadingZeros(bytes)) / 10;
        return String.format(Locale.ROOT, "%.1f %ciB", bytes / (double) (1L << (10 * unit)), "KMGTPE".charAt(unit - 1));
    }
}
