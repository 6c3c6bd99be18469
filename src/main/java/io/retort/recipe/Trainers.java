package io.retort.recipe;

import io.retort.config.Catalogue;
import io.retort.config.Catalogue.Kind;
import io.retort.distill.AveragingTrainer;
import io.retort.distill.SynchronousTrainer;
import io.retort.distill.TrainerSettings;
import io.retort.distill.dl4j.Dl4jTrainer;

/** The kinds of trainers, sorted by name. */
public final class Trainers {
    public static final Catalogue<TrainerSettings> CATALOGUE = Catalogue.of(
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

    private Trainers() {}
}
