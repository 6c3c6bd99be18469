package io.retort.data.source;

import java.io.Serializable;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Optional;

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
