package io.retort.scaling;

import java.util.EnumMap;
import java.util.Map;

/** Seconds by term, being added up. */
final class Costs {
    private final Map<Term, Double> seconds = new EnumMap<>(Term.class);

    Costs add(Term term, double more) {
        seconds.merge(term, more, Double::sum);
        return this;
    }

    Costs add(Costs others) {
        others.seconds.forEach(this::add);
        return this;
    }

    Costs times(double factor) {
        seconds.replaceAll((term, value) -> value * factor);
        return this;
    }

    /** The driver starts tasks while others run: only what that takes longer than they do is seen. */
    Costs withLaunching(long tasks, double each, double jobs) {
        return add(Term.LAUNCH, jobs + Math.max(0, tasks * each - total()));
    }

    double total() {
        return seconds.values().stream().mapToDouble(Double::doubleValue).sum();
    }

    Map<Term, Double> seconds() {
        return seconds;
    }
}
