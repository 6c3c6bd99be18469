package io.retort.data.source;

import io.retort.config.SettingException;
import java.io.Serializable;
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
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A column of dates or times, of which features are made: the feature {@code day_month} is the month of the column
 * {@code day}.
 *
 * @param format of texts, a pattern of {@link java.time.format.DateTimeFormatter}; none for ISO 8601
 * @param zone whose clock shows an instant; none for UTC. A date or time that names no zone is taken as it is written
 * @param form of the parts; none for numbers. Of cyclic ones each but the year is two features, {@code sin(2π (p −
 *     first) / period)} and the cosine
 */
public record DateColumn(
        String column, List<Part> parts, Optional<String> format, Optional<String> zone, Optional<Form> form) {
    /** How a part becomes features. */
    public enum Form {
        NUMBER,
        /** Sine and cosine of its place in its period, so that December is near to January. */
        CYCLIC
    }

    /** A part of a date, in the numbers of ISO 8601. */
    public enum Part {
        YEAR(ChronoField.YEAR, 1),
        /** 1 to 12. */
        MONTH(ChronoField.MONTH_OF_YEAR, 12),
        /** Of the month, 1 to 31. */
        DAY(ChronoField.DAY_OF_MONTH, 31),
        /** Monday is 1, Sunday 7. */
        WEEKDAY(ChronoField.DAY_OF_WEEK, 7),
        HOUR(ChronoField.HOUR_OF_DAY, 24),
        MINUTE(ChronoField.MINUTE_OF_HOUR, 60),
        /** 1 to 366. */
        DAY_OF_YEAR(ChronoField.DAY_OF_YEAR, 366);

        final ChronoField field;
        final int period;

        Part(ChronoField field, int period) {
            this.field = field;
            this.period = period;
        }
    }

    public DateColumn {
        parts = List.copyOf(parts);
        SettingsChecks.name("column", column);
        if (parts.isEmpty() || new HashSet<>(parts).size() < parts.size()) {
            throw new SettingException(
                    "parts",
                    "must name at least one of year, month, day, weekday, hour, minute and day-of-year, each once");
        }
        format.ifPresent(pattern -> {
            try {
                DateParser.formatter(pattern);
            } catch (IllegalArgumentException e) {
                throw new SettingException(
                        "format", "must be a pattern such as dd.MM.yyyy or yyyy-MM-dd HH:mm, was " + pattern);
            }
        });
        zone.ifPresent(name -> {
            try {
                ZoneId.of(name);
            } catch (DateTimeException e) {
                throw new SettingException("zone", "must be a time zone such as Europe/Rome or +02:00, was " + name);
            }
        });
    }

    private Stream<DatePart> features() {
        return parts.stream()
                .flatMap(part -> (form.equals(Optional.of(Form.CYCLIC)) && part != Part.YEAR
                                ? Stream.of(DatePart.Wave.SINE, DatePart.Wave.COSINE)
                                : Stream.of(DatePart.Wave.NONE))
                        .map(wave -> new DatePart(column, part, wave, format.orElse(""), zone.orElse("UTC"))));
    }

    /** The features that are made of columns, in their order. */
    static List<DatePart> features(Optional<List<DateColumn>> dates) {
        return dates.stream()
                .flatMap(List::stream)
                .flatMap(DateColumn::features)
                .toList();
    }

    static List<String> names(Optional<List<DateColumn>> dates) {
        return dates.stream().flatMap(List::stream).map(DateColumn::column).toList();
    }

    /** Those that are named, and the parts of dates that are not among them. */
    static List<String> withParts(List<String> features, List<DatePart> parts) {
        List<String> all = new ArrayList<>(features);
        parts.stream()
                .map(DatePart::name)
                .filter(name -> !features.contains(name))
                .forEach(all::add);
        return all;
    }

    /** Refuses columns that are named twice, or taken for something else. */
    static void check(Optional<List<DateColumn>> dates, Stream<String> others) {
        Set<String> taken = new HashSet<>(others.toList());
        for (String name : names(dates)) {
            if (!taken.add(name)) {
                throw new SettingException(
                        "dates", "must name columns that are nothing else, each once, was " + names(dates));
            }
        }
    }

    /** {@code day-of-year} as {@code day_of_year}. */
    static String spelled(Part part) {
        return part.name().toLowerCase(Locale.ROOT);
    }

    /**
     * A feature that is made of a date.
     *
     * @param format of texts; empty for ISO 8601
     */
    public record DatePart(String column, DateColumn.Part part, Wave wave, String format, String zone)
            implements Serializable {
        /** How the part becomes a number. */
        enum Wave {
            NONE(""),
            SINE("_sin"),
            COSINE("_cos");

            private final String ending;

            Wave(String ending) {
                this.ending = ending;
            }
        }

        /** Of the feature, such as {@code day_month} or {@code day_month_sin}. */
        String name() {
            return column + "_" + DateColumn.spelled(part) + wave.ending;
        }

        double of(LocalDateTime time) {
            int value = time.get(part.field);
            double angle = 2 * Math.PI * (value - part.field.range().getMinimum()) / part.period;
            return switch (wave) {
                case NONE -> value;
                case SINE -> Math.sin(angle);
                case COSINE -> Math.cos(angle);
            };
        }

        static Optional<DatePart> named(String name, List<DatePart> parts) {
            return parts.stream().filter(part -> part.name().equals(name)).findFirst();
        }
    }

    /** Dates and times out of texts. Each text is parsed once, however many parts of it follow each other. */
    static final class DateParser {
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
            boolean hasBlank =
                    format.isEmpty() && text.length() > LENGTH_OF_A_DATE && text.charAt(LENGTH_OF_A_DATE) == ' ';
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
}
