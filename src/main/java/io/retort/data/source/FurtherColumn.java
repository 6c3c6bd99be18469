package io.retort.data.source;

import io.retort.config.SettingException;
import io.retort.data.Column;
import io.retort.data.DataType;
import io.retort.network.Shape;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A column of a source that rows keep beside their features, for teachers with inputs or scores of their own.
 *
 * @param width numbers of a row, where the column is an array or a vector; nothing where it is a single value
 */
public record FurtherColumn(String name, Type type, Optional<Integer> width) {
    /** What a value is. */
    public enum Type {
        TEXT,
        FLOAT32,
        UINT8,
        UINT16
    }

    public FurtherColumn {
        SettingsChecks.name("name", name);
        if (width.isPresent() && (type == Type.TEXT || width.get() < 1)) {
            throw new SettingException(
                    "width",
                    type == Type.TEXT
                            ? "must not be set for texts, of which a row has one; leave it out"
                            : "must be >= 1, was " + width.get());
        }
    }

    /** As rows have them. */
    static List<Column> columns(List<FurtherColumn> settings) {
        return settings.stream().map(FurtherColumn::column).toList();
    }

    static List<String> names(List<FurtherColumn> settings) {
        return settings.stream().map(FurtherColumn::name).toList();
    }

    private Column column() {
        return type == Type.TEXT
                ? new Column.TextColumn(name)
                : new Column.NumberColumn(
                        name, DataType.valueOf(type.name()), Shape.vector(width.orElse(1)), List.of());
    }

    /** Refuses arrays, of files that have a column for each number. */
    static void requireSingle(List<FurtherColumn> settings) {
        for (int i = 0; i < settings.size(); i++) {
            if (settings.get(i).width().isPresent()) {
                throw new SettingException(
                        "columns[" + i + "].width",
                        "must not be set, for a column of CSV has one value; name a column for each number");
            }
        }
    }

    /** Refuses columns that are named twice, or taken for something else. */
    static void check(List<FurtherColumn> settings, Stream<String> others) {
        Set<String> taken = new HashSet<>(others.toList());
        for (FurtherColumn column : settings) {
            if (!taken.add(column.name())) {
                throw new SettingException(
                        "columns", "must name columns that are nothing else, each once, was " + names(settings));
            }
        }
    }
}
