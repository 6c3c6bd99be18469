package io.retort.bench;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * One ratio with its target, and what it was made of.
 *
 * @param sides what was measured on either side, by name, in images/s or seconds
 * @param otherLoad cores that other programs kept busy meanwhile
 * @param pairs the ratio of each pair of turns; none where medians of the sides are compared
 */
record Measurement(
        String piece,
        String name,
        double ratio,
        double target,
        Better better,
        Map<String, Double> sides,
        String unit,
        double otherLoad,
        List<Double> pairs) {
    /** Which side of the target is good. */
    enum Better {
        HIGHER("≥"),
        LOWER("≤");

        private final String sign;

        Better(String sign) {
            this.sign = sign;
        }
    }

    Measurement {
        sides = new LinkedHashMap<>(sides);
        pairs = List.copyOf(pairs);
    }

    Measurement(
            String piece,
            String name,
            double ratio,
            double target,
            Better better,
            Map<String, Double> sides,
            String unit,
            double otherLoad) {
        this(piece, name, ratio, target, better, sides, unit, otherLoad, List.of());
    }

    Measurement withPairs(List<Double> ratios) {
        return new Measurement(piece, name, ratio, target, better, sides, unit, otherLoad, ratios);
    }

    boolean met() {
        return better == Better.HIGHER ? ratio >= target : ratio <= target;
    }

    String goal() {
        return better.sign + " " + number(target);
    }

    /** {@code met}, or by how much it was not. */
    String verdict() {
        return met() ? "met" : "missed by " + number(Math.abs(ratio - target));
    }

    String figures() {
        List<String> figures = new ArrayList<>();
        sides.forEach((side, value) -> figures.add(side + " " + number(value)));
        String all = String.join(", ", figures) + " " + unit;
        return pairs.isEmpty()
                ? all
                : all + "; " + pairs.size() + " pairs: " + number(Collections.min(pairs)) + " to "
                        + number(Collections.max(pairs));
    }

    static String number(double value) {
        return value >= 100
                ? String.format(Locale.ROOT, "%,.0f", value)
                : String.format(Locale.ROOT, value >= 10 ? "%.1f" : "%.2f", value);
    }

    static double median(List<Double> values) {
        List<Double> sorted = new ArrayList<>(values);
        Collections.sort(sorted);
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }
}
