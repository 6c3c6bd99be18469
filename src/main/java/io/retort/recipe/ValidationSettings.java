package io.retort.recipe;

import io.retort.config.SettingException;
import io.retort.data.source.ReaderSettings;
import java.util.Optional;

/**
 * The validation split: the rows on which everything is chosen, so that the held-out rows are only measured.
 *
 * @param fraction of the rows of {@code data.train}, which are not trained on then; which rows depends on their ids alone
 * @param source of the rows, instead
 */
public record ValidationSettings(Optional<Double> fraction, Optional<ReaderSettings> source) {
    public ValidationSettings {
        if (fraction.isPresent() == source.isPresent()) {
            throw fraction.isPresent()
                    ? new SettingException(
                            "source", "must not be set beside fraction; the rows come from the one or the other")
                    : new SettingException(
                            "fraction",
                            "missing; give the part of data.train that is set aside, or rows of their own in source");
        }
        if (fraction.isPresent() && !(fraction.get() > 0 && fraction.get() < 1)) {
            throw new SettingException("fraction", "must be in (0, 1), was " + fraction.get());
        }
    }

    /** The same of another source. */
    ValidationSettings with(ReaderSettings other) {
        return new ValidationSettings(Optional.empty(), Optional.of(other));
    }
}
