package io.retort.network;

import com.fasterxml.jackson.annotation.JsonIgnore;
import io.retort.storage.Digest;
import io.retort.storage.Digest.Fingerprinted;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * How the columns of a table become a network's input {@code [width]}: the numbers, a missing one replaced by its
 * column's mean; an indicator (0 or 1) for each column of numbers that had missing ones in training; and each category
 * one-hot, with a place of its own in front for values that are not in the dictionary.
 *
 * <p>It was fitted to training rows, belongs to the network, and is written into its ONNX file. A category that is
 * missing is the empty text, a value like any other.
 */
public record TableEncoding(List<Numeric> numbers, List<Category> categories) implements Serializable, Fingerprinted {
    /** The place of a value that is not in the dictionary, among those of its category. */
    public static final int UNKNOWN = 0;

    /**
     * A column of numbers.
     *
     * @param mean of the values that are there, which replaces those that are missing
     * @param deviation their standard deviation; 1 where all are the same
     * @param indicator whether a further element says that the value is missing
     */
    public record Numeric(String name, double mean, double deviation, boolean indicator) implements Serializable {
        public Numeric {
            if (!Double.isFinite(mean) || !(deviation > 0) || Double.isInfinite(deviation)) {
                throw new ShapeException("column " + name + " needs a finite mean and a deviation > 0, was " + mean
                        + " and " + deviation);
            }
        }
    }

    /**
     * A column of categories.
     *
     * @param values the dictionary, the most frequent first
     */
    public record Category(String name, List<String> values) implements Serializable {
        public Category {
            values = List.copyOf(values);
            if (new HashSet<>(values).size() < values.size()) {
                throw new ShapeException("the dictionary of column " + name + " names a value twice");
            }
        }

        /** Elements of the input. */
        int width() {
            return 1 + values.size();
        }
    }

    public TableEncoding {
        numbers = List.copyOf(numbers);
        categories = List.copyOf(categories);
        List<String> names = columns(numbers, categories);
        Set<String> different = new HashSet<>(names);
        if (names.isEmpty() || different.size() < names.size()) {
            throw new ShapeException("a table needs at least one column, and names that differ, was " + names);
        }
    }

    /** Of columns whose rows were not looked at yet: without indicators and values. */
    public static TableEncoding unfitted(List<String> numbers, List<String> categories) {
        return new TableEncoding(
                numbers.stream().map(name -> new Numeric(name, 0, 1, false)).toList(),
                categories.stream().map(name -> new Category(name, List.of())).toList());
    }

    /** For people: {@code table: 3 numbers (1 may be missing), 2 categories of 12 values; 16 inputs}. */
    public String describe() {
        int values = categories.stream()
                .mapToInt(category -> category.values().size())
                .sum();
        return "table: " + numbers.size() + " numbers" + " (" + indicators().size() + " may be missing), "
                + categories.size() + " categories of " + values + " values; " + width() + " inputs";
    }

    /** The names of the columns: the numbers, then the categories. */
    public List<String> columns() {
        return columns(numbers, categories);
    }

    private static List<String> columns(List<Numeric> numbers, List<Category> categories) {
        return Stream.concat(
                        numbers.stream().map(Numeric::name), categories.stream().map(Category::name))
                .toList();
    }

    /** Elements of the input. */
    public int width() {
        return firstCategory() + categories.stream().mapToInt(Category::width).sum();
    }

    /** The element where the categories begin. */
    private int firstCategory() {
        return numbers.size() + indicators().size();
    }

    /** The places of the numbers that have an indicator. */
    @JsonIgnore
    public List<Integer> indicators() {
        List<Integer> places = new ArrayList<>();
        for (int i = 0; i < numbers.size(); i++) {
            if (numbers.get(i).indicator()) {
                places.add(i);
            }
        }
        return places;
    }

    /** Standardises the numbers; indicators and categories stay 0 and 1. */
    @JsonIgnore
    public InputScaling standardisation() {
        List<Double> means = new ArrayList<>();
        List<Double> deviations = new ArrayList<>();
        for (int i = 0; i < width(); i++) {
            means.add(i < numbers.size() ? numbers.get(i).mean() : 0);
            deviations.add(i < numbers.size() ? numbers.get(i).deviation() : 1);
        }
        return new InputScaling(means, deviations);
    }

    /** The element of the input of each value of a category; what is not among them has that of {@link #UNKNOWN}. */
    public Map<String, Integer> elements(int category) {
        int first = firstElement(category);
        Map<String, Integer> elements = new HashMap<>();
        for (String value : categories.get(category).values()) {
            elements.put(value, first + 1 + elements.size());
        }
        return elements;
    }

    /** The element of the input that says that a category's value is not in the dictionary. */
    public int firstElement(int category) {
        return firstCategory()
                + categories.subList(0, category).stream()
                        .mapToInt(Category::width)
                        .sum();
    }

    @Override
    public void addTo(Digest digest) {
        digest.add("table/1").add(numbers.size()).add(categories.size());
        numbers.forEach(column -> digest.add(column.name())
                .add(column.mean())
                .add(column.deviation())
                .add(column.indicator() ? 1 : 0));
        categories.forEach(column -> digest.add(column.name()).addTexts(column.values()));
    }
}
