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
 */
record Measurement(
        String piece,
        String name,
        double ratio,
        double target,
        Better better,
        Map<String, Double> sides,
        String unit,
        double otherLoad) {
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
        return String.join(", ", figures) + " " + unit;
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
