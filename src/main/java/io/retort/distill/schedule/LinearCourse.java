package io.retort.distill.schedule;

/** Kind {@code linear}: {@code from + (to − from) · progress}. */
public record LinearCourse(double from, double to) implements Course {
    @Override
    public double at(double progress) {
        return from + (to - from) * progress;
    }

    @Override
    public double least() {
        return Math.min(from, to);
    }

    @Override
    public double greatest() {
        return Math.max(from, to);
    }
}
