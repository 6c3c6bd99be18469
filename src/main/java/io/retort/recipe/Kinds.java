package io.retort.recipe;

import io.retort.compress.quantize.calibrate.Calibrator;
import io.retort.compress.quantize.round.Rounding;
import io.retort.config.Binder;
import io.retort.config.Canonical;
import io.retort.config.Catalogue;
import io.retort.data.encode.Encoders;
import io.retort.data.source.Readers;
import io.retort.distill.Optimizer;
import io.retort.distill.loss.Losses;
import io.retort.distill.schedule.LearningRate;
import io.retort.distill.schedule.Schedule;
import io.retort.evaluate.calibration.CalibrationSettings;
import io.retort.label.Codecs;
import io.retort.label.sparkml.Estimators;
import io.retort.network.zoo.Architecture;
import io.retort.spark.RecipeSettings;
import io.retort.teacher.FeatureSettings;
import io.retort.teacher.Teachers;
import java.util.List;

/** Every catalogue that a recipe draws on. */
public final class Kinds {
    private static final Catalogue<?>[] CATALOGUES = {
        Architecture.CATALOGUE,
        CalibrationSettings.CATALOGUE,
        Calibrator.CATALOGUE,
        Codecs.CATALOGUE,
        Compressors.CATALOGUE,
        Schedule.CATALOGUE,
        Encoders.CATALOGUE,
        Estimators.CATALOGUE,
        FeatureSettings.CATALOGUE,
        Losses.CATALOGUE,
        Optimizer.CATALOGUE,
        Readers.CATALOGUE,
        Rounding.CATALOGUE,
        LearningRate.Decay.CATALOGUE,
        StrategySettings.CATALOGUE,
        Teachers.CATALOGUE,
        Trainers.CATALOGUE
    };

    private Kinds() {}

    /** The catalogues, sorted by title. */
    public static List<Catalogue<?>> catalogues() {
        return List.of(CATALOGUES);
    }

    /** Binds recipes. */
    public static Binder binder() {
        return Binder.with(CATALOGUES).guarding("spark", RecipeSettings::refusal);
    }

    /** Renders settings as text that is the same for equal settings. */
    public static Canonical canonical() {
        return Canonical.with(CATALOGUES);
    }
}
