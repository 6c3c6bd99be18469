package io.retort.distill.schedule;

/** Kind {@code linear}: {@code from + (to − from) · progress}. */
public record LinearCourse(double from, double to) implements LinearRamp {
    @Override
    public double at(double progress) {
        return from + (to - from) * progress;
    }
}
