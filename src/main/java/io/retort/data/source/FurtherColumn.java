package io.retort.data.source;

import io.retort.config.SettingException;
import io.retort.data.Column;
import io.retort.data.DataType;
import io.retort.network.Shape;
import java.io.Serializable;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** A column of a source that rows keep beside their features, for models with inputs of their own. */
public record FurtherColumn(String name, Type type) implements Serializable {
    /** What a value is. */
    public enum Type {
        TEXT,
        FLOAT32,
        UINT8,
        UINT16
    }

    public FurtherColumn {
        SettingsChecks.name("name", name);
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
                : new Column.NumberColumn(name, DataType.valueOf(type.name()), Shape.vector(1), List.of());
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
