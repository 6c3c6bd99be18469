package io.retort.distill.schedule;

/** A course that leaves one value, arrives at another, and is never outside of the two. */
interface LinearRamp extends ValueSchedule {
    double from();

    double to();

    @Override
    default double least() {
        return Math.min(from(), to());
    }

    @Override
    default double greatest() {
        return Math.max(from(), to());
    }
}
