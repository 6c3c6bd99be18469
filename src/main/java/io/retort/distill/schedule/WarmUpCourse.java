package io.retort.distill.schedule;

import io.retort.config.SettingException;

/**
 * Kind {@code warm-up}: {@code from + (to − from) · min(1, progress / share)}; then it stays.
 *
 * @param share of the training in which it moves
 */
public record WarmUpCourse(double from, double to, double share) implements LinearRamp {
    public WarmUpCourse {
        if (!(share > 0 && share <= 1)) {
            throw new SettingException("share", "must be in (0, 1], was " + share);
        }
    }

    @Override
    public double at(double progress) {
        return from + (to - from) * Math.min(1, progress / share);
    }
}
