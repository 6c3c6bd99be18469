package io.retort.data.source;

import io.retort.config.SettingException;
import io.retort.network.Shape;
import io.retort.network.ShapeException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** What the settings of all readers have in common. */
final class SettingsChecks {
    private static final Set<Integer> CHANNELS = Set.of(1, 3, 4);

    private SettingsChecks() {}

    static void paths(String setting, List<String> paths) {
        if (paths.isEmpty() || paths.stream().anyMatch(String::isBlank)) {
            throw new SettingException(
                    setting, "must name at least one file, pattern or directory, and none may be empty, was " + paths);
        }
    }

    static void name(String setting, String column) {
        if (column.isBlank()) {
            throw new SettingException(setting, "must be the name of a column, was empty");
        }
    }

    /** Of a column that need not be there. */
    static void name(String setting, Optional<String> column) {
        column.ifPresent(name -> name(setting, name));
    }

    /** @param others what other columns are taken for */
    static void categories(List<String> categories, Stream<List<String>> others) {
        Set<String> taken = new HashSet<>(others.flatMap(List::stream).toList());
        for (String category : categories) {
            if (!taken.add(category)) {
                throw new SettingException(
                        "categories", "must name columns that are nothing else, each once, was " + categories);
            }
        }
    }

    static void limit(Optional<Long> limit) {
        if (limit.isPresent() && limit.get() < 1) {
            throw new SettingException("limit", "must be >= 1, was " + limit.get());
        }
    }

    static void shape(List<Integer> sizes) {
        if (!sizes.isEmpty()) {
            try {
                new Shape(sizes);
            } catch (ShapeException e) {
                throw new SettingException(
                        "shape",
                        "must be [features] or [channels, height, width], each at least 1, of at most 2^31 - 1 values, was "
                                + sizes);
            }
            // Other heights and widths may be meant: the user wrote them in this order.
            if (isChannelsLast(sizes) && sizes.get(0).equals(sizes.get(1)) && sizes.get(2) != 4) {
                throw new SettingException(
                        "shape",
                        "must be [channels, height, width], was " + sizes
                                + ", which looks like [height, width, channels]; write "
                                + List.of(sizes.get(2), sizes.get(0), sizes.get(1))
                                + (sizes.get(2) == 1 ? "" : ", and store the values channel by channel"));
            }
        }
    }

    /** Whether sizes of three dimensions look like height, width and the channels of a grey or coloured picture. */
    static boolean isChannelsLast(List<Integer> sizes) {
        return sizes.size() == 3 && CHANNELS.contains(sizes.get(2)) && !CHANNELS.contains(sizes.get(0));
    }
}
