package io.retort.report;

import java.util.List;

/** Values that statistics are made of. */
final class Figures {
    private Figures() {}

    static double[] checked(String what, List<Double> values) {
        if (values.isEmpty() || values.stream().anyMatch(value -> !Double.isFinite(value))) {
            throw new IllegalArgumentException(what + " must be finite numbers, at least one, were " + values);
        }
        return values.stream().mapToDouble(Double::doubleValue).toArray();
    }
}
