package io.retort.distill.schedule;

import io.retort.config.Catalogue;
import io.retort.config.Kind;

/** The kinds of learning-rate schedules, sorted by name. */
public final class Schedules {
    public static final Catalogue<ScheduleSettings> CATALOGUE = Catalogue.of(
            "schedules",
            ScheduleSettings.class,
            new Kind<>("constant", ConstantSchedule.Settings.class, "the rate stays as it is", ""),
            new Kind<>(
                    "cosine",
                    CosineDecay.Settings.class,
                    "half a cosine from the rate to a fraction of it",
                    "Loshchilov and Hutter 2017, arXiv:1608.03983"),
            new Kind<>("step", StepDecay.Settings.class, "the rate is multiplied by a factor at equal intervals", ""));

    private Schedules() {}
}
