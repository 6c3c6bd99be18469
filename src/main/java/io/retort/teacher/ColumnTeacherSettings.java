package io.retort.teacher;

import io.retort.config.PartlyIdle;
import io.retort.config.SettingException;
import io.retort.data.ClassNames;
import io.retort.data.Column;
import io.retort.data.Schema;
import io.retort.data.ViewSettings;
import io.retort.data.encode.RowNumbers.NumberPicks;
import io.retort.label.ScoreColumns;
import io.retort.label.Scores;
import io.retort.label.TeacherModel.EmbeddingModel;
import io.retort.network.Shape;
import io.retort.predict.Model.ModelFacts;
import io.retort.predict.Model.ModelHandle;
import io.retort.predict.OutputKind;
import io.retort.teacher.PlannedTeacher.PlannedAsked;
import io.retort.teacher.PlannedTeacher.PlannedModel;
import io.retort.teacher.RecipeMismatchException.Misfit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * The kind for scores that are in the data already, from whatever has scored it.
 *
 * @param columns one for each class, or one that is an array or holds the class
 * @param output what they hold
 * @param indices the column with the places of the classes that the scores are of, where only the greatest are known
 * @param classes the data's classes in the order of the scores
 * @param temperature that logits were divided by before they were stored, or before the softmax
 * @param floor the least probability
 */
public record ColumnTeacherSettings(
        List<String> columns,
        Output output,
        Optional<String> indices,
        List<String> classes,
        double temperature,
        double floor)
        implements TeacherSettings, PartlyIdle {
    /** What the columns hold. */
    public enum Output {
        LOGITS,
        PROBABILITIES,
        LOG_PROBABILITIES,
        /** The one class that a row was given. */
        LABEL,
        /** A vector. */
        EMBEDDING,
        /** Amounts, of {@code target = numbers}. */
        NUMBERS;

        private OutputKind kind() {
            return switch (this) {
                case LABEL -> OutputKind.PROBABILITIES;
                case EMBEDDING -> OutputKind.NUMBERS;
                case LOGITS, PROBABILITIES, LOG_PROBABILITIES, NUMBERS -> OutputKind.valueOf(name());
            };
        }
    }

    public ColumnTeacherSettings {
        columns = List.copyOf(columns);
        classes = List.copyOf(classes);
        if (columns.isEmpty()) {
            throw new SettingException("columns", "must name one for each class, or one that holds all, was none");
        }
        if (new HashSet<>(columns).size() < columns.size()) {
            throw new SettingException("columns", "must differ, were " + columns);
        }
        if (output == Output.LABEL && columns.size() > 1) {
            throw new SettingException("columns", "must be the one that holds the class, were " + columns);
        }
        if (new HashSet<>(classes).size() < classes.size()) {
            throw new SettingException("classes", "must differ, were " + classes);
        }
        if (indices.isPresent() && output != Output.PROBABILITIES && output != Output.LOG_PROBABILITIES) {
            throw new SettingException(
                    "indices",
                    "must be set beside probabilities or log-probabilities only, of which the rest is known, but output is "
                            + output.name().toLowerCase(Locale.ROOT));
        }
        if (!(temperature > 0 && temperature < Double.POSITIVE_INFINITY)) {
            throw new SettingException("temperature", "must be finite and > 0, was " + temperature);
        }
        if (!(floor > 0 && floor < 1)) {
            throw new SettingException("floor", "must be in (0, 1), was " + floor);
        }
    }

    @Override
    public Map<String, String> idle() {
        Map<String, String> idle = new LinkedHashMap<>();
        if (output == Output.LABEL) {
            idle.put("classes", "the column itself names the class");
            idle.put("temperature", "output is label, which has none");
        } else if (output == Output.LOGITS) {
            idle.put("floor", "output is logits, which have none");
        } else if (output == Output.EMBEDDING || output == Output.NUMBERS) {
            String name = output.name().toLowerCase(Locale.ROOT);
            List.of("classes", "temperature", "floor")
                    .forEach(key -> idle.put(key, "output is " + name + ", no scores"));
        }
        return idle;
    }

    @Override
    public String title() {
        return "columns " + columns;
    }

    @Override
    public Map<String, SavedModel> saved(String path) {
        return Map.of();
    }

    @Override
    public List<ViewSettings> views() {
        return List.of();
    }

    @Override
    public Optional<String> withoutTaps() {
        return Optional.of("the teacher is scores in columns of the data, which have no layers");
    }

    @Override
    public boolean givesVectors() {
        return output == Output.EMBEDDING;
    }

    @Override
    public PlannedTeacher plan(TeacherPlanning planning) {
        if (output == Output.NUMBERS) {
            planning.requireNumbers();
        } else if (!givesVectors()) {
            planning.requireOneClass();
        }
        try {
            Schema schema = planning.schema();
            Scores scores = scores(schema);
            List<Integer> order =
                    output == Output.LABEL || scores.kind() == OutputKind.NUMBERS ? List.of() : order(schema);
            ScoreColumns teacher = new ScoreColumns(scores, order, floor, temperature);
            PlannedModel model = new PlannedModel(
                    planning.title(),
                    teacher.raw(),
                    Map.of(),
                    new ModelFacts(OptionalLong.empty(), OptionalLong.empty(), OptionalLong.empty()),
                    Optional.of(scores.kind()),
                    List.of("reads: " + columns + ", of the columns " + NumberPicks.described(schema)),
                    Optional.empty(),
                    givesVectors() ? OptionalInt.of(scores.classes()) : OptionalInt.empty());
            if (givesVectors()) {
                planning.requireVectors(scores.classes());
            }
            return new PlannedAsked(
                    model,
                    title(),
                    "the scores of the teacher are those of rows as they are",
                    (workshop, probe) -> ready(workshop, model, teacher, probe.lines()));
        } catch (SettingException e) {
            throw new RecipeMismatchException(Misfit.at(planning.path(), e));
        }
    }

    private Scores scores(Schema schema) {
        requireNoFeatures("columns", columns, schema);
        requireNoFeatures("indices", indices.stream().toList(), schema);
        if (output == Output.LABEL) {
            return oneClass(schema);
        }
        NumberPicks values = NumberPicks.of(schema, columns);
        if (indices.isPresent()) {
            NumberPicks places = places(schema);
            requireWidth("columns", values, places.shape().elements(), "as column " + indices.get());
            if (places.shape().elements() > schema.classes()) {
                throw new SettingException(
                        "indices",
                        "'" + indices.get() + "' has " + places.shape().elements()
                                + " values per row, and the data only " + schema.classes() + " classes");
            }
            List<String> both = new ArrayList<>(indices.stream().toList());
            both.addAll(columns);
            return new Scores.Top(both, places, values, output.kind(), schema.classes());
        }
        if (!givesVectors()) {
            requireWidth(
                    "columns",
                    values,
                    schema.classes(),
                    output == Output.NUMBERS ? "one for each number of a label" : "one for each class of the data");
        }
        return new Scores.Whole(columns, values, output.kind());
    }

    /** A student that reads the teacher's scores learns to repeat them, and cannot be served without them. */
    private static void requireNoFeatures(String key, List<String> names, Schema schema) {
        for (String name : names) {
            if (schema.input().columns().contains(name)
                    || schema.input().names().contains(name)) {
                throw new SettingException(
                        key,
                        "'" + name + "' is a feature that students read, too; list it in columns of the sources, as"
                                + " { name = " + name + ", type = float32 }, so that it is none");
            }
        }
    }

    private NumberPicks places(Schema schema) {
        try {
            return NumberPicks.of(schema, indices.stream().toList());
        } catch (SettingException e) {
            throw new SettingException("indices", e.problem());
        }
    }

    private Scores oneClass(Schema schema) {
        String name = columns.get(0);
        Optional<Column> column =
                schema.columns().stream().filter(one -> one.name().equals(name)).findFirst();
        if (column.isEmpty()) {
            throw new SettingException(
                    "columns",
                    "there is no column '" + name + "'; there are " + NumberPicks.described(schema)
                            + "; sources keep further ones by columns = [{ name = " + name + ", type = text }]");
        }
        if (column.get() instanceof Column.NumberColumn numbers
                && numbers.shape().elements() > 1) {
            throw new SettingException(
                    "columns",
                    "must be one that holds the class, but " + column.get().describe() + " has several numbers");
        }
        Scores.OneClass.ColumnKind kind = column.get() instanceof Column.TextColumn
                ? Scores.OneClass.ColumnKind.TEXT
                : Scores.OneClass.ColumnKind.NUMBER;
        return new Scores.OneClass(name, kind, schema.classNames());
    }

    private static void requireWidth(String key, NumberPicks values, int expected, String why) {
        Shape shape = values.shape();
        if (shape.elements() != expected) {
            throw new SettingException(
                    key, "must hold " + expected + " values per row, " + why + ", but hold " + shape.elements());
        }
    }

    /** The place of each of the data's classes among the scores. */
    private List<Integer> order(Schema schema) {
        ClassNames names = ClassNames.of(schema);
        if (classes.isEmpty()) {
            if (names.areIndices()) {
                return List.of();
            }
            throw new SettingException(
                    "classes",
                    "missing; name the data's classes " + schema.classNames() + " in the order of the scores");
        }
        return names.placesIn(classes)
                .orElseThrow(() -> new SettingException(
                        "classes",
                        "must be the data's classes " + schema.classNames() + " in the order of the scores, was "
                                + classes + names.differencesOf(classes)));
    }

    private static TrainedTeacher ready(
            TeacherTrainer workshop, PlannedModel model, ScoreColumns teacher, List<String> found) {
        List<String> lines = new ArrayList<>(found);
        teacher.keptMass().map(workshop::ask).ifPresent(masses -> lines.add(keptMass(masses)));
        ModelHandle handle = model.embedding().isPresent() ? teacher.raw() : teacher.logits();
        return new TrainedTeacher(
                workshop.labeller(
                        model.embedding().isPresent()
                                ? new EmbeddingModel(handle, model.embedding().getAsInt())
                                : teacher),
                Optional.of(handle),
                Optional.empty(),
                handle.fingerprint(),
                List.of(new TrainedTeacher.Part(model.title(), handle, model.facts(), List.of(), lines)));
    }

    private static String keptMass(float[] masses) {
        double sum = 0;
        float least = 1;
        for (float mass : masses) {
            sum += mass;
            least = Math.min(least, mass);
        }
        return String.format(
                Locale.ROOT,
                "kept mass: %.4f in the mean and %.4f at least, of %d rows; the rest is spread evenly",
                sum / masses.length,
                least,
                masses.length);
    }
}
