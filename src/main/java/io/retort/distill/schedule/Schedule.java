package io.retort.distill.schedule;

import io.retort.config.Catalogue;
import io.retort.config.Catalogue.Kind;
import io.retort.config.Catalogue.PlainNumber;
import io.retort.config.SettingException;
import java.io.Serializable;

/** How a number, such as a loss's weight or temperature, moves over a training. A plain number does not move. */
@PlainNumber("constant")
public sealed interface Schedule extends Serializable {
    /** The kinds of schedules, sorted by name. */
    Catalogue<Schedule> CATALOGUE = Catalogue.of(
            "courses",
            Schedule.class,
            new Kind<>("constant", Constant.class, "the value stays; the same as a plain number", ""),
            new Kind<>("cosine", Cosine.class, "half a cosine from one value to another", ""),
            new Kind<>("linear", Linear.class, "a straight line from one value to another", ""),
            new Kind<>(
                    "warm-up",
                    WarmUp.class,
                    "a straight line over the beginning of the training, then the end's value",
                    ""));

    /** The value after {@code progress} of the training, from 0 to 1. */
    double at(double progress);

    /** The value at the beginning; no later value is outside of it and {@link #to}. */
    double from();

    /** The value at the end. */
    double to();

    static Schedule of(double value) {
        return new Constant(value);
    }

    /** Kind {@code constant}: the value stays as it is. */
    record Constant(double value) implements Schedule {
        @Override
        public double at(double progress) {
            return value;
        }

        @Override
        public double from() {
            return value;
        }

        @Override
        public double to() {
            return value;
        }
    }

    /** Kind {@code cosine}: {@code to + (from − to) · (1 + cos(π · progress)) / 2}, which begins and ends slowly. */
    record Cosine(double from, double to) implements Schedule {
        @Override
        public double at(double progress) {
            return to + (from - to) * (1 + Math.cos(Math.PI * progress)) / 2;
        }
    }

    /** Kind {@code linear}: {@code from + (to − from) · progress}. */
    record Linear(double from, double to) implements Schedule {
        @Override
        public double at(double progress) {
            return from + (to - from) * progress;
        }
    }

    /**
     * Kind {@code warm-up}: {@code from + (to − from) · min(1, progress / share)}.
     *
     * @param share the part of the training in which the value moves
     */
    record WarmUp(double from, double to, double share) implements Schedule {
        public WarmUp {
            if (!(share > 0 && share <= 1)) {
                throw new SettingException("share", "must be in (0, 1], was " + share);
            }
        }

        @Override
        public double at(double progress) {
            return from + (to - from) * Math.min(1, progress / share);
        }
    }
}
