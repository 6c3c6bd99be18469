package io.retort.recipe;

import io.retort.compress.CompressorSettings;
import io.retort.compress.lowrank.LowRank;
import io.retort.compress.prune.ChannelPruning;
import io.retort.compress.prune.WeightPruning;
import io.retort.compress.quantize.HalfPrecision;
import io.retort.compress.quantize.Quantize;
import io.retort.compress.quantize.QuantizeInTraining;
import io.retort.compress.quantize.calibrate.Calibrator;
import io.retort.compress.quantize.round.Rounding;
import io.retort.config.Binder;
import io.retort.config.Canonical;
import io.retort.config.Catalogue;
import io.retort.config.Catalogue.Kind;
import io.retort.data.encode.Encoder.EncoderSettings;
import io.retort.data.source.ReaderSettings;
import io.retort.distill.AveragingTrainer;
import io.retort.distill.Optimizer;
import io.retort.distill.SynchronousTrainer;
import io.retort.distill.TrainerSettings;
import io.retort.distill.dl4j.Dl4jTrainer;
import io.retort.distill.loss.Losses;
import io.retort.distill.schedule.LearningRate;
import io.retort.distill.schedule.Schedule;
import io.retort.evaluate.CalibrationSettings;
import io.retort.label.Codec.CodecSettings;
import io.retort.label.sparkml.Estimators;
import io.retort.network.zoo.Architecture;
import io.retort.spark.RecipeSettings;
import io.retort.teacher.FeatureSettings;
import io.retort.teacher.TeacherSettings;
import java.util.List;

/** Every catalogue that a recipe draws on. */
public final class Kinds {
    /** The kinds of compression stages, sorted by name. */
    public static final Catalogue<CompressorSettings> COMPRESSORS = Catalogue.of(
            "compressors",
            CompressorSettings.class,
            new Kind<>(
                    "float16",
                    HalfPrecision.Settings.class,
                    "stores all parameters in half precision and computes in float32",
                    "IEEE 754-2008, binary16"),
            new Kind<>(
                    "low-rank",
                    LowRank.Settings.class,
                    "replaces layers by thinner ones whose product is near",
                    "Jaderberg et al. 2014, arXiv:1405.3866; Zhang et al. 2015, arXiv:1505.06798; Kim et al. 2016, arXiv:1511.06530; Lebedev et al. 2015, arXiv:1412.6553"),
            new Kind<>(
                    "prune-channels",
                    ChannelPruning.Settings.class,
                    "cuts the least important channels out",
                    "Li et al. 2017, arXiv:1608.08710"),
            new Kind<>(
                    "prune-weights",
                    WeightPruning.Settings.class,
                    "sets the weights of least magnitude to 0, at once or in steps",
                    "Han et al. 2015, arXiv:1506.02626; Zhu and Gupta 2017, arXiv:1710.01878"),
            new Kind<>(
                    "quantize",
                    Quantize.Settings.class,
                    "weights and values in int8, with int8 kernels in ONNX Runtime",
                    "Jacob et al. 2017, arXiv:1712.05877; Nagel et al. 2021, arXiv:2106.08295"),
            new Kind<>(
                    "quantize-in-training",
                    QuantizeInTraining.Settings.class,
                    "fine-tunes with the rounding of int8 built in, then quantizes",
                    "Jacob et al. 2017, arXiv:1712.05877; Esser et al. 2020, arXiv:1902.08153; Mishra and Marr 2017, arXiv:1711.05852"));

    /** The kinds of trainers, sorted by name. */
    public static final Catalogue<TrainerSettings> TRAINERS = Catalogue.of(
            "trainers",
            TrainerSettings.class,
            new Kind<>(
                    "averaging",
                    AveragingTrainer.Settings.class,
                    "replicas read shards in place and are averaged by the samples they saw",
                    "McDonald, Hall, Mann 2010, NAACL"),
            new Kind<>(
                    "dl4j",
                    Dl4jTrainer.Settings.class,
                    "DL4J's own ParameterAveragingTrainingMaster",
                    "deeplearning4j 1.0.0-M2"),
            new Kind<>(
                    "synchronous",
                    SynchronousTrainer.Settings.class,
                    "one step at a time by all replicas together: the same student on any number of them",
                    "Chen et al. 2016, arXiv:1604.00981"));

    private static final Catalogue<?>[] CATALOGUES = {
        Architecture.CATALOGUE,
        CalibrationSettings.CATALOGUE,
        Calibrator.CATALOGUE,
        CodecSettings.CATALOGUE,
        COMPRESSORS,
        Schedule.CATALOGUE,
        EncoderSettings.CATALOGUE,
        Estimators.CATALOGUE,
        FeatureSettings.CATALOGUE,
        FilterSettings.CATALOGUE,
        Losses.CATALOGUE,
        Optimizer.CATALOGUE,
        ReaderSettings.CATALOGUE,
        Rounding.CATALOGUE,
        LearningRate.Decay.CATALOGUE,
        StrategySettings.CATALOGUE,
        TeacherSettings.CATALOGUE,
        TRAINERS
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
