package io.retort.data;

import io.retort.config.SettingException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/** What class a label of a source stands for. */
public final class ClassNames implements LabelValues {
    /** An evaluation counts pairs of them: 128 MiB in each task. */
    private static final int MOST = 4096;

    private final List<String> names;
    private final Map<String, Integer> indices = new HashMap<>();
    private final boolean areIndices;
    private final boolean numbers;

    ClassNames(List<String> names) {
        this.names = names;
        for (String name : names) {
            indices.put(name, indices.size());
        }
        areIndices = areIndices(names);
        numbers = names.stream().anyMatch(name -> name.matches("[+-]?\\d+(\\.0*)?"));
    }

    /** Whether classes are only counted: each is named by its index. */
    static boolean areIndices(List<String> names) {
        return IntStream.range(0, names.size()).allMatch(i -> names.get(i).equals(Integer.toString(i)));
    }

    /** Refuses settings that do not say what classes there are. */
    public static void check(Optional<Integer> classes, List<String> classNames) {
        if (classes.isEmpty() && classNames.isEmpty()) {
            throw new SettingException(
                    "classes", "missing; say how many classes there are, or name them by class-names");
        }
        if (classes.isPresent() && classes.get() < 2) {
            throw new SettingException("classes", "must be >= 2, was " + classes.get());
        }
        requireAtMost(MOST, Math.max(classes.orElse(0), classNames.size()));
        if (classNames.size() == 1) {
            throw new SettingException("class-names", "must hold at least 2 names, was " + classNames);
        }
        if (new HashSet<>(classNames).size() < classNames.size()) {
            throw new SettingException("class-names", "must differ from each other, was " + classNames);
        }
        if (classes.isPresent() && !classNames.isEmpty() && classes.get() != classNames.size()) {
            throw new SettingException(
                    "classes",
                    "must be the number of class-names, " + classNames.size() + ", or left out, was " + classes.get());
        }
    }

    static void requireAtMost(int most, int classes) {
        if (classes > most) {
            throw new SettingException("classes", "must be at most " + most + ", was " + classes);
        }
    }

    /** Names by index; where only the number of classes is set, their indices are their names. */
    public static List<String> of(Optional<Integer> classes, List<String> classNames) {
        return classNames.isEmpty()
                ? IntStream.range(0, classes.orElse(0))
                        .mapToObj(Integer::toString)
                        .toList()
                : classNames;
    }

    /** What a source that has labels predicts, and one that has none. */
    public static Target target(boolean labelled, List<String> names) {
        return labelled ? new Target.ClassTarget(names) : new Target.NoTarget(names);
    }

    public static ClassNames of(Schema schema) {
        return of(schema.classNames());
    }

    public static ClassNames of(List<String> names) {
        return new ClassNames(names);
    }

    /** Whether a text stands for no label at all: it is blank, and no class is named so. */
    @Override
    public boolean isAbsent(String label) {
        return label.isBlank() && !indices.containsKey(label);
    }

    /**
     * The index that a text stands for, −1 if none: a class name, or an index where no class has a number for a name.
     */
    public int index(String label) {
        Integer named = indices.get(label);
        if (named != null) {
            return named;
        }
        if (numbers && !areIndices) {
            return -1;
        }
        return index(Numbers.parse(label));
    }

    /** The index that a number is, −1 if none. */
    public int index(double label) {
        return label >= 0 && label < names.size() && label == Math.rint(label) ? (int) label : -1;
    }

    @Override
    public float value(double number) {
        return index(number) < 0 ? Float.NaN : index(number);
    }

    @Override
    public float value(String text) {
        int index = index(text);
        return index < 0 ? Float.NaN : index;
    }

    /** Whether classes have no names but their indices. */
    public boolean areIndices() {
        return areIndices;
    }

    /**
     * The place of each class in another order of the classes, which names them by their names or by their indices;
     * none where the orders are the same. Nothing where it names others.
     */
    public Optional<List<Integer>> placesIn(List<String> other) {
        List<String> byIndex =
                IntStream.range(0, names.size()).mapToObj(Integer::toString).toList();
        for (List<String> spelled : List.of(names, byIndex)) {
            if (other.equals(spelled)) {
                return Optional.of(List.of());
            } else if (other.size() == spelled.size() && other.containsAll(spelled)) {
                return Optional.of(spelled.stream().map(other::indexOf).toList());
            }
        }
        return Optional.empty();
    }

    /** What other names lack of the classes, and have beside them. */
    public String differencesOf(List<String> other) {
        List<String> missing =
                names.stream().filter(name -> !other.contains(name)).toList();
        List<String> more =
                other.stream().filter(name -> !indices.containsKey(name)).toList();
        return (missing.isEmpty() ? "" : "; without " + missing) + (more.isEmpty() ? "" : "; not of the data: " + more);
    }

    /** What to do about a label that stands for no class, to follow the message about it. */
    @Override
    public String remedy(String label) {
        return areIndices && Double.isNaN(Numbers.parse(label)) ? "; labels that are names need class-names" : "";
    }

    /** What labels are allowed, in words. */
    @Override
    public String allowed() {
        String range = "a class index from 0 to " + (names.size() - 1);
        if (areIndices) {
            return range;
        }
        return numbers ? "one of the class names " + names : range + " or one of the class names " + names;
    }
}
