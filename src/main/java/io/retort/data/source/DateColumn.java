package io.retort.data.source;

import io.retort.config.SettingException;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.time.temporal.ChronoField;
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
}
