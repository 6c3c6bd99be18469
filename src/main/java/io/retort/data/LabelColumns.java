package io.retort.data;

import io.retort.config.SettingException;
import java.io.Serializable;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Where a source has its labels, and what they are: what the settings of all tables say of labels.
 *
 * @param columns none where no row has a label; several where each has a value of the label; one that has all values, if
 *     there are several names
 * @param names of what networks predict, in the order of a label's values: classes, or numbers
 */
public record LabelColumns(Kind kind, List<String> columns, List<String> names) implements Serializable {
    /** Values of a label that an evaluation still counts with ease. */
    private static final int MOST = 100_000;

    /** What a label is. */
    public enum Kind {
        /** One of several classes: its index or its name. */
        CLASS,
        /** A 0 or a 1 for each of several classes. */
        SEVERAL_CLASSES,
        /** One or more amounts. */
        NUMBERS,
        /** A vector that only a teacher can give: no label at all. */
        EMBEDDING
    }

    public LabelColumns {
        columns = List.copyOf(columns);
        names = List.copyOf(names);
    }

    /**
     * Takes the settings of a source, and refuses those that do not fit each other.
     *
     * @param kind of label; absent for one class
     * @param label the column that has all of a label
     * @param labels the columns that have a value of the label each
     * @param classes how many there are, where they have no names
     * @param classNames of classes or numbers; none for those of the columns in {@code labels}
     */
    public static LabelColumns of(
            Optional<Kind> kind,
            Optional<String> label,
            Optional<List<String>> labels,
            Optional<Integer> classes,
            List<String> classNames) {
        if (label.isPresent() && label.get().isBlank()) {
            throw new SettingException("label", "must be the name of a column, was empty");
        }
        if (kind.equals(Optional.of(Kind.EMBEDDING))) {
            throw new SettingException(
                    "target",
                    "must be left out where a teacher's vectors are learned, which are no labels; set"
                            + " data.embedding.dimension instead");
        }
        if (kind.orElse(Kind.CLASS) == Kind.CLASS) {
            if (labels.isPresent()) {
                throw new SettingException(
                        "labels",
                        "must be left out where a label is one class, whose column is label; for a 0 or a 1 for each"
                                + " class set target = several-classes, for amounts target = numbers");
            }
            if (label.isEmpty() && classes.isEmpty() && classNames.isEmpty()) {
                return new LabelColumns(Kind.CLASS, List.of(), List.of()); // where a recipe says what is predicted
            }
            ClassNames.check(classes, classNames);
            return new LabelColumns(Kind.CLASS, label.stream().toList(), ClassNames.of(classes, classNames));
        }
        labels.ifPresent(columns -> requireColumns(label, columns));
        List<String> columns = labels.orElseGet(() -> label.stream().toList());
        List<String> names = names(kind.get(), columns, labels.isPresent(), classes, classNames);
        return new LabelColumns(kind.get(), columns, names);
    }

    private static void requireColumns(Optional<String> label, List<String> labels) {
        if (label.isPresent()) {
            throw new SettingException("labels", "must be left out where label names the column, was " + labels);
        }
        if (labels.isEmpty()
                || labels.stream().anyMatch(String::isBlank)
                || new HashSet<>(labels).size() < labels.size()) {
            throw new SettingException("labels", "must name at least one column, each once, was " + labels);
        }
    }

    private static List<String> names(
            Kind kind, List<String> columns, boolean isOneEach, Optional<Integer> classes, List<String> classNames) {
        if (new HashSet<>(classNames).size() < classNames.size()) {
            throw new SettingException("class-names", "must differ from each other, was " + classNames);
        }
        ClassNames.requireAtMost(MOST, classes.orElse(0));
        List<String> own = isOneEach || (kind == Kind.NUMBERS && classes.isEmpty()) ? columns : List.of();
        if (classes.isEmpty() && classNames.isEmpty() && own.isEmpty()) {
            throw new SettingException(
                    "class-names",
                    "missing; say what the values of a label are called, or how many there are by classes");
        }
        List<String> names = !classNames.isEmpty()
                ? classNames
                : !own.isEmpty()
                        ? own
                        : IntStream.range(0, Math.max(0, classes.orElseThrow()))
                                .mapToObj(Integer::toString)
                                .toList();
        if (isOneEach && names.size() != columns.size()) {
            throw new SettingException(
                    "class-names",
                    "must have a name for each of the " + columns.size() + " columns in labels, was " + names);
        }
        if (classes.isPresent() && classes.get() != names.size()) {
            throw new SettingException(
                    "classes", "must be the number of values, " + names.size() + ", or left out, was " + classes.get());
        }
        if (names.isEmpty()) {
            throw new SettingException("classes", "must be >= 1, was " + classes.orElseThrow());
        }
        return names;
    }

    /** What networks predict. */
    public Target target() {
        return switch (kind) {
            case CLASS -> columns.isEmpty() ? new Target.NoTarget(names) : new Target.ClassTarget(names);
            case SEVERAL_CLASSES -> new Target.MultiLabelTarget(names);
            case NUMBERS -> new Target.NumberTarget(names);
            case EMBEDDING -> throw new IllegalStateException("an embedding has no columns of labels");
        };
    }

    /** Whether one column has all values of a label, as a list. */
    public boolean isList() {
        return kind != Kind.CLASS && columns.size() == 1 && names.size() > 1;
    }

    /** The column of classes by their index or name, where a label is one class. */
    public Optional<String> classColumn() {
        return kind == Kind.CLASS ? columns.stream().findFirst() : Optional.empty();
    }

    /** Refuses a list of the label's values in a format whose columns have one value for each row. */
    public LabelColumns withoutList() {
        if (isList()) {
            throw new SettingException(
                    "label",
                    "must be left out, for a row has one value in the column " + columns.get(0) + ", and labels of "
                            + names.size() + "; name the columns in labels");
        }
        return this;
    }
}
