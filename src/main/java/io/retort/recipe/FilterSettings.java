package io.retort.recipe;

import io.retort.config.Catalogue;
import io.retort.config.Catalogue.Kind;
import io.retort.config.SettingException;

/** How a search leaves poor candidates out without a training of their own. */
public sealed interface FilterSettings {
    /** The kinds of filters, sorted by name. */
    Catalogue<FilterSettings> CATALOGUE = Catalogue.of(
            "filters",
            FilterSettings.class,
            new Kind<>(
                    "supernet",
                    Supernet.class,
                    "the score of each candidate with parameters that all candidates share, trained once",
                    "Guo et al. 2020, arXiv:1904.00420"),
            new Kind<>(
                    "training-free",
                    TrainingFree.class,
                    "how well the ReLUs of each candidate tell rows apart before it is trained",
                    "Mellor et al. 2021, arXiv:2006.04647"));

    /** The share of candidates that may be trained, in (0, 1]. */
    double keep();

    private static void requireShare(double keep) {
        if (!(keep > 0 && keep <= 1)) {
            throw new SettingException("keep", "must be in (0, 1], was " + keep);
        }
    }

    /**
     * Kind {@code supernet}: one set of parameters, of which each candidate has its part.
     *
     * @param epochs that it is trained for
     */
    record Supernet(int epochs, double keep) implements FilterSettings {
        public Supernet {
            SettingException.requirePositive("epochs", epochs);
            requireShare(keep);
        }
    }

    /**
     * Kind {@code training-free}.
     *
     * @param samples training rows that each candidate is shown
     */
    record TrainingFree(int samples, double keep) implements FilterSettings {
        public TrainingFree {
            if (samples < 2) {
                throw new SettingException("samples", "must be at least 2, was " + samples);
            }
            requireShare(keep);
        }
    }
}
