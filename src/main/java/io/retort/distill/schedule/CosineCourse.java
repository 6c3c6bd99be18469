package io.retort.distill.schedule;

/** Kind {@code cosine}: half a cosine, {@code to + (from − to) · (1 + cos(π · progress)) / 2}, which leaves and arrives slowly. */
public record CosineCourse(double from, double to) implements Course {
    @Override
    public double at(double progress) {
        return to + (from - to) * (1 + Math.cos(Math.PI * progress)) / 2;
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
