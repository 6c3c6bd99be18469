package io.retort.distill.schedule;

/** Kind {@code constant}: the value stays as it is. */
public record ConstantCourse(double value) implements ValueSchedule {
    @Override
    public double at(double progress) {
        return value;
    }

    @Override
    public double least() {
        return value;
    }

    @Override
    public double greatest() {
        return value;
    }
}
