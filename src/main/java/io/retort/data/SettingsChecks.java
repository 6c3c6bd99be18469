package io.retort.data;

import io.retort.network.Shape;
import io.retort.network.ShapeException;
import java.util.List;
import java.util.Optional;

/** What the settings of all readers have in common. */
final class SettingsChecks {
    private SettingsChecks() {}

    static void paths(String setting, List<String> paths) {
        if (paths.isEmpty() || paths.stream().anyMatch(String::isBlank)) {
            throw new IllegalArgumentException(setting
                    + " must name at least one file, pattern or directory, and none may be empty, was " + paths);
        }
    }

    static void name(String setting, String column) {
        if (column.isBlank()) {
            throw new IllegalArgumentException(setting + " must be the name of a column, was empty");
        }
    }

    static void limit(Optional<Long> limit) {
        if (limit.isPresent() && limit.get() < 1) {
            throw new IllegalArgumentException("limit must be >= 1, was " + limit.get());
        }
    }

    static void shape(List<Integer> sizes) {
        if (!sizes.isEmpty()) {
            try {
                new Shape(sizes);
            } catch (ShapeException e) {
                throw new IllegalArgumentException(e.getMessage(), e);
            }
        }
    }
}
