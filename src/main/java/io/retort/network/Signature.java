package io.retort.network;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.retort.storage.Json.StrictJson;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/**
 * The names of a network's inputs and outputs. They are saved with it, so that later users find the place of each
 * value.
 *
 * @param columns the name of each element of the input in order, or of each column of a table; empty where features
 *     have no names of their own, such as pixels
 * @param classes by class index; empty where classes are only counted
 * @param tables how the columns become the elements of the input: one encoding, or none where each is an element
 */
public record Signature(List<String> columns, List<String> classes, List<TableEncoding> tables)
        implements Serializable {
    private static final String KEY = "signature";
    private static final String COLUMNS = "columns";
    private static final String CLASSES = "classes";
    private static final String TABLE = "table";
    private static final JsonMapper MAPPER = StrictJson.mapper();
    private static final Signature NONE = new Signature(List.of(), List.of());

    public Signature {
        columns = List.copyOf(columns);
        classes = List.copyOf(classes);
        tables = List.copyOf(tables);
        if (!tables.isEmpty() && !tables.get(0).columns().equals(columns)) {
            throw new ShapeException("a signature must name the columns of its table, was " + columns);
        }
    }

    /** Of a network whose input has an element for each column, or reads them by an encoding. */
    public Signature(List<String> columns, List<String> classes, Optional<TableEncoding> table) {
        this(columns, classes, table.stream().toList());
    }

    /** Of a network whose input has an element for each column. */
    public Signature(List<String> columns, List<String> classes) {
        this(columns, classes, List.of());
    }

    /** No names: of a network whose inputs and outputs are only counted. */
    public static Signature none() {
        return NONE;
    }

    /** How the columns become the elements of the input; nothing where each is one. */
    public Optional<TableEncoding> table() {
        return tables.stream().findFirst();
    }

    /** What JSON holds: what is not empty. */
    @JsonValue
    Map<String, Object> fields() {
        Map<String, Object> fields = new LinkedHashMap<>();
        if (!columns.isEmpty()) {
            fields.put(COLUMNS, columns);
        }
        if (!classes.isEmpty()) {
            fields.put(CLASSES, classes);
        }
        table().ifPresent(encoding -> fields.put(TABLE, encoding));
        return fields;
    }

    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    static Signature of(Map<String, JsonNode> fields) {
        TreeSet<String> unknown = new TreeSet<>(fields.keySet());
        List.of(COLUMNS, CLASSES, TABLE).forEach(unknown::remove);
        if (!unknown.isEmpty()) {
            throw refused(fields);
        }
        try {
            return new Signature(
                    names(fields, COLUMNS),
                    names(fields, CLASSES),
                    fields.containsKey(TABLE)
                            ? List.of(MAPPER.treeToValue(fields.get(TABLE), TableEncoding.class))
                            : List.of());
        } catch (JsonProcessingException e) {
            throw new ShapeException("the table of a signature: " + StrictJson.reason(e));
        }
    }

    private static List<String> names(Map<String, JsonNode> fields, String key) {
        List<String> names = new ArrayList<>();
        JsonNode list = fields.getOrDefault(key, MAPPER.createArrayNode());
        for (JsonNode name : list) {
            if (!name.isTextual()) {
                throw refused(fields);
            }
            names.add(name.textValue());
        }
        if (!list.isArray()) {
            throw refused(fields);
        }
        return names;
    }

    private static ShapeException refused(Map<String, JsonNode> fields) {
        return new ShapeException(
                "a signature must have the lists columns and classes and a table, or some of them, was " + fields);
    }

    /** Structures of which nothing has a name are written without the key, which readers demand. */
    public static void addWhereAbsent(JsonNode structure) {
        if (structure instanceof ObjectNode fields && !fields.has(KEY)) {
            fields.putObject(KEY);
        }
    }
}
