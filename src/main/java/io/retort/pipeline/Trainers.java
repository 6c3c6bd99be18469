package io.retort.pipeline;

import io.retort.config.Catalogue;
import io.retort.config.Kind;
import io.retort.distill.SparkAveragingTrainer;
import io.retort.distill.SparkSynchronousTrainer;
import io.retort.distill.SparkTrainerSettings;
import io.retort.distill.dl4j.SparkMasterTrainer;

/** The kinds of trainers, sorted by name. */
public final class Trainers {
    public static final Catalogue<SparkTrainerSettings> CATALOGUE = Catalogue.of(
            "trainers",
            SparkTrainerSettings.class,
            new Kind<>(
                    "averaging",
                    SparkAveragingTrainer.Settings.class,
                    "replicas read shards in place and are averaged by the samples they saw",
                    "McDonald, Hall, Mann 2010, NAACL"),
            new Kind<>(
                    "dl4j",
                    SparkMasterTrainer.Settings.class,
                    "DL4J's own ParameterAveragingTrainingMaster",
                    "deeplearning4j 1.0.0-M2"),
            new Kind<>(
                    "synchronous",
                    SparkSynchronousTrainer.Settings.class,
                    "one step at a time by all replicas together: the same student on any number of them",
                    "Chen et al. 2016, arXiv:1604.00981"));

    private Trainers() {}
}
