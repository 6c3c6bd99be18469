package io.retort.evaluate;

import io.retort.config.Catalogue;
import io.retort.config.Catalogue.Kind;
import io.retort.config.Names;
import io.retort.config.SettingException;
import io.retort.data.LabelColumns;
import io.retort.data.Target;
import java.io.Serializable;
import java.util.HashSet;
import java.util.List;
import java.util.stream.IntStream;

/** How the logits of a trained student are calibrated, behind its last stage, in the file that is shipped. */
public sealed interface CalibrationSettings extends Serializable {
    /** The kinds, sorted by name. */
    Catalogue<CalibrationSettings> CATALOGUE = Catalogue.of(
            "calibrations",
            CalibrationSettings.class,
            new Kind<>(
                    "mean-probability",
                    MeanProbability.class,
                    "a bias for each of some classes, so that its mean probability is the teacher's on the same rows",
                    "Hinton et al. 2015, section 3, arXiv:1503.02531"),
            new Kind<>(
                    "temperature",
                    Temperature.class,
                    "one temperature, of the least negative log-likelihood on validation rows",
                    "Guo et al. 2017, arXiv:1706.04599"),
            new Kind<>(
                    "temperature-and-bias",
                    TemperatureAndBias.class,
                    "a temperature and a bias for each class, of the least negative log-likelihood on validation rows",
                    "Guo et al. 2017, arXiv:1706.04599"));

    /** Whether it is fitted to labels, of the validation split; otherwise to the teacher. */
    default boolean readsLabels() {
        return true;
    }

    /** Whether it is fitted on validation rows; otherwise on the rows that the student learned from. */
    default boolean readsValidation() {
        return true;
    }

    /** Whether the temperature is fitted; otherwise it is 1. */
    default boolean hasTemperature() {
        return true;
    }

    /** The places of the classes whose bias is fitted, among those of the target; that of the others is 0. */
    default List<Integer> biased(Target target) {
        return List.of();
    }

    /**
     * Refuses a target for which it is not made.
     *
     * @throws IllegalArgumentException naming the setting
     */
    default void requireFits(Target target) {
        if (target.kind() != LabelColumns.Kind.CLASS) {
            throw new SettingException(
                    "calibration",
                    "is for rows of one class each, whose probabilities are a softmax; leave it out for target = "
                            + Names.kebab(target.kind()));
        }
        if (readsLabels() && !target.isLabelled()) {
            throw new SettingException(
                    "calibration", "needs labels of validation rows, and no row has one; leave it out");
        }
    }

    /** Kind {@code temperature}: {@code logits / T}; predictions stay what they are. */
    record Temperature() implements CalibrationSettings {}

    /** Kind {@code temperature-and-bias}: {@code logits / T + b}, vector scaling with one T for all classes. */
    record TemperatureAndBias() implements CalibrationSettings {
        @Override
        public List<Integer> biased(Target target) {
            return IntStream.range(0, target.outputs()).boxed().toList();
        }
    }

    /**
     * Kind {@code mean-probability}: {@code logits + b}, b not 0 for some classes, whose mean probabilities are then
     * those of the teacher on the same rows. For classes that the rows to learn from lack.
     *
     * @param classes by name
     * @param rows on which it is fitted
     */
    record MeanProbability(List<String> classes, Rows rows) implements CalibrationSettings {
        /** The rows on which probabilities are compared; no label is read. */
        public enum Rows {
            /** Those that the student learned from. */
            TRAINING,
            /** Those of the validation split, with those of classes that students do not see. */
            VALIDATION
        }

        public MeanProbability {
            classes = List.copyOf(classes);
            if (classes.isEmpty() || new HashSet<>(classes).size() < classes.size()) {
                throw new SettingException("classes", "must name at least one class, each once, was " + classes);
            }
        }

        @Override
        public boolean readsLabels() {
            return false;
        }

        @Override
        public boolean readsValidation() {
            return rows == Rows.VALIDATION;
        }

        @Override
        public boolean hasTemperature() {
            return false;
        }

        @Override
        public List<Integer> biased(Target target) {
            return classes.stream().map(target.names()::indexOf).toList();
        }

        @Override
        public void requireFits(Target target) {
            CalibrationSettings.super.requireFits(target);
            if (biased(target).contains(-1) || classes.size() == target.outputs()) {
                throw new SettingException(
                        "calibration.classes",
                        "must be some of the data's classes " + target.names() + ", and not all, was " + classes);
            }
        }
    }
}
