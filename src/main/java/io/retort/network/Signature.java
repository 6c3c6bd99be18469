package io.retort.network;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * The names of a network's inputs and outputs. They are saved with it, so that later users find the place of each
 * value.
 *
 * @param columns the name of each element of the input in order; empty where features have no names of their own, such
 *     as pixels
 * @param classes by class index; empty where classes are only counted
 */
public record Signature(List<String> columns, List<String> classes) implements Serializable {
    private static final String KEY = "signature";
    private static final String COLUMNS = "columns";
    private static final String CLASSES = "classes";
    private static final Signature NONE = new Signature(List.of(), List.of());

    public Signature {
        columns = List.copyOf(columns);
        classes = List.copyOf(classes);
    }

    /** No names: of a network whose inputs and outputs are only counted. */
    public static Signature none() {
        return NONE;
    }

    /** What JSON holds: the lists that are not empty. */
    @JsonValue
    Map<String, List<String>> lists() {
        Map<String, List<String>> lists = new LinkedHashMap<>();
        if (!columns.isEmpty()) {
            lists.put(COLUMNS, columns);
        }
        if (!classes.isEmpty()) {
            lists.put(CLASSES, classes);
        }
        return lists;
    }

    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    static Signature of(Map<String, List<String>> lists) {
        TreeSet<String> unknown = new TreeSet<>(lists.keySet());
        List.of(COLUMNS, CLASSES).forEach(unknown::remove);
        if (!unknown.isEmpty() || lists.containsValue(null)) {
            throw new ShapeException(
                    "a signature must have the lists columns and classes, or one of them, was " + lists);
        }
        return new Signature(lists.getOrDefault(COLUMNS, List.of()), lists.getOrDefault(CLASSES, List.of()));
    }

    /** Structures of which nothing has a name are written without the key, which readers demand. */
    public static void addWhereAbsent(JsonNode structure) {
        if (structure instanceof ObjectNode fields && !fields.has(KEY)) {
            fields.putObject(KEY);
        }
    }
}
