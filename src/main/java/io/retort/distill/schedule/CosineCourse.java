package io.retort.distill.schedule;

/** Kind {@code cosine}: half a cosine, {@code to + (from − to) · (1 + cos(π · progress)) / 2}, which leaves and arrives slowly. */
public record CosineCourse(double from, double to) implements LinearRamp {
    @Override
    public double at(double progress) {
        return to + (from - to) * (1 + Math.cos(Math.PI * progress)) / 2;
    }
}
