package io.retort.data.source;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.ResolverStyle;
import java.time.temporal.ChronoField;
import java.time.temporal.TemporalAccessor;
import java.util.Locale;
import java.util.Optional;

/** Dates and times out of texts. Each text is parsed once, however many parts of it follow each other. */
final class DateParser {
    private static final int LENGTH_OF_A_DATE = 10;

    private static final DateTimeFormatter ISO = new DateTimeFormatterBuilder()
            .append(DateTimeFormatter.ISO_LOCAL_DATE)
            .optionalStart()
            .appendLiteral('T')
            .append(DateTimeFormatter.ISO_LOCAL_TIME)
            .optionalStart()
            .appendOffset("+HH:mm", "Z")
            .toFormatter(Locale.ROOT)
            .withResolverStyle(ResolverStyle.STRICT);

    private final String format;
    private final DateTimeFormatter formatter;
    private final ZoneId zone;
    private String last = "";
    private Optional<LocalDateTime> parsed = Optional.empty();

    DateParser(String format, String zone) {
        this.format = format;
        this.formatter = format.isEmpty() ? ISO : formatter(format);
        this.zone = ZoneId.of(zone);
    }

    /** The 30th of February is no date, and {@code yyyy} needs no era. */
    static DateTimeFormatter formatter(String pattern) {
        return new DateTimeFormatterBuilder()
                .appendPattern(pattern)
                .parseDefaulting(ChronoField.ERA, 1)
                .toFormatter(Locale.ROOT)
                .withResolverStyle(ResolverStyle.STRICT);
    }

    /** What the clock of the zone shows; midnight of a date; nothing where the text is none of the format. */
    Optional<LocalDateTime> parse(String text) {
        if (!text.equals(last)) {
            last = text;
            parsed = parsed(text);
        }
        return parsed;
    }

    private Optional<LocalDateTime> parsed(String text) {
        boolean hasBlank = format.isEmpty() && text.length() > LENGTH_OF_A_DATE && text.charAt(LENGTH_OF_A_DATE) == ' ';
        String written = hasBlank ? text.replaceFirst(" ", "T") : text;
        try {
            TemporalAccessor found =
                    formatter.parseBest(written, ZonedDateTime::from, LocalDateTime::from, LocalDate::from);
            if (found instanceof ZonedDateTime instant) {
                return Optional.of(instant.withZoneSameInstant(zone).toLocalDateTime());
            }
            return Optional.of(found instanceof LocalDate date ? date.atStartOfDay() : (LocalDateTime) found);
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    /** For messages. */
    String allowed() {
        return format.isEmpty()
                ? "a date such as 2026-12-01, or a time such as 2026-12-01T06:30:00 or 2026-12-01T06:30:00+01:00"
                : "a date of the format " + format;
    }
}
