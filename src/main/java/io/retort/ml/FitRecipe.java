package io.retort.ml;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigRenderOptions;
import io.retort.config.ConfigSource;
import io.retort.engine.onnx.run.ForeignModel;
import io.retort.engine.onnx.run.OnnxPredictor;
import io.retort.predict.ElementType;
import io.retort.recipe.Kinds;
import io.retort.recipe.Recipe;
import io.retort.storage.Storage;
import io.retort.teacher.SavedModel.SavedOnnx;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.StructType;

/**
 * The recipe of a fit: what the estimator's parameters say, over {@code reference.conf}, and over both the keys of its
 * parameter {@code recipe}.
 *
 * @param schema of the DataFrame
 * @param teacher whose scores were written with the rows
 */
record FitRecipe(
        DistillationParams<?> params, FitTask task, FitRows rows, StructType schema, Optional<TeacherColumn> teacher) {
    private static final String STUDENT = "student";

    /**
     * The recipe.
     *
     * @throws io.retort.config.ConfigException with all that is wrong with it
     */
    Recipe recipe(Storage storage) {
        String own = lines(base()) + teacherLine(storage);
        String test = "\ndata.test = ${data.train} { where = \"" + FitRows.HELD_OUT + "\" }\n";
        String further = params.isSet(params.student()) ? params.getOrDefault(params.student()) : "";
        String students = "students = [" + text(student()) + " {\n" + further + "\n}]\n";
        String over = params.isSet(params.recipe()) ? params.getOrDefault(params.recipe()) : "";
        // Whose lines come last, so that they win.
        Recipe recipe =
                Kinds.binder().bind(ConfigSource.text(params.uid(), own + test + students + over), Recipe.class);
        if (recipe.students().isEmpty()) {
            throw new IllegalArgumentException(
                    "students of recipe must not be empty, for the first of them is the model");
        }
        return recipe;
    }

    private static String text(Map<String, Object> object) {
        return ConfigFactory.parseMap(object).root().render(ConfigRenderOptions.concise());
    }

    /** An object without its braces, as the first line of a file. */
    private static String lines(Map<String, Object> object) {
        String braced = text(object);
        return braced.substring(1, braced.length() - 1);
    }

    private Map<String, Object> base() {
        FitColumns columns = rows.columns();
        Map<String, Object> train = new LinkedHashMap<>();
        train.put("kind", "spark");
        train.put("format", "parquet");
        train.put("path", rows.path().toString());
        train.put("id", FitRows.ID);
        train.put("where", "NOT " + FitRows.HELD_OUT);
        List<String> selected = new ArrayList<>(List.of(FitRows.ID));
        selected.addAll(columns.all());
        teacher.ifPresent(scores -> selected.add(FitRows.SCORES));
        train.put("select", selected.stream().map(TeacherColumn::quoted).toList());
        train.put("features", columns.features());
        train.put("categories", columns.categories());
        train.put("columns", further());
        train.put("label", columns.label());
        train.putAll(task.label(rows));
        Map<String, Object> base = new LinkedHashMap<>();
        base.put("name", "distillation");
        base.put("data", Map.of("train", train));
        base.put("seeds", List.of(params.getOrDefault(params.seed())));
        return base;
    }

    private List<Map<String, Object>> further() {
        Stream<Map<String, Object>> scores = teacher.stream()
                .map(column -> Map.of(
                        "name",
                        FitRows.SCORES,
                        "type",
                        "float32",
                        "width",
                        Math.max(1, rows.figures().mostScores())));
        Stream<Map<String, Object>> others =
                rows.columns().further().stream().map(name -> Map.of("name", name, "type", type(name)));
        return Stream.concat(scores, others).toList();
    }

    private String type(String name) {
        DataType type = schema.apply(name).dataType();
        if (type.equals(SQLDataTypes.VectorType()) || type instanceof ArrayType) {
            throw FitColumns.refused(
                    name,
                    type,
                    "a number or a string, as one of furtherCols; the recipe has arrays in data.train.columns");
        }
        return type instanceof StringType ? "text" : "float32";
    }

    private Map<String, Object> student() {
        Map<String, Object> student = new LinkedHashMap<>();
        student.put("name", STUDENT);
        student.put("architecture", architecture());
        student.put(
                "training",
                Map.of(
                        "epochs", params.getOrDefault(params.epochs()),
                        "batch-size", params.getOrDefault(params.batchSize()),
                        "learning-rate", Map.of("rate", params.getOrDefault(params.learningRate()))));
        List<Map<String, Object>> losses = new ArrayList<>();
        double labels = (Double) params.getOrDefault(params.labelWeight());
        double teachers = (Double) params.getOrDefault(params.teacherWeight());
        if (labels > 0 && rows.figures().labelled() > 0) {
            losses.add(Map.of("kind", "labels", "weight", labels));
        }
        if (teachers > 0) {
            losses.add(task.teacherLoss(teachers));
        }
        student.put("losses", losses);
        return student;
    }

    private Object architecture() {
        String hocon = params.getOrDefault(params.architecture());
        try {
            return ConfigFactory.parseString("value = " + hocon)
                    .getValue("value")
                    .unwrapped();
        } catch (ConfigException e) {
            throw new IllegalArgumentException(
                    "architecture must be a name such as mlp, or { kind = mlp, hidden = [32] }, was '" + hocon + "': "
                            + e.getMessage().replaceFirst("^String: \\d+: ", ""),
                    e);
        }
    }

    /**
     * Refuses parameters that name no teacher, two, or a file that is not there.
     *
     * @param column whose scores are to be written with the rows
     */
    static void requireTeacher(DistillationParams<?> params, Optional<TeacherColumn> column, Storage storage) {
        if (params.isSet(params.teacherModel())) {
            if (column.isPresent()) {
                throw new IllegalArgumentException(
                        "teacherModel must not be set beside teacher or teacherCol; one of them is the teacher");
            }
            String path = params.getOrDefault(params.teacherModel());
            new SavedOnnx(path).problem(storage).ifPresent(problem -> {
                throw new IllegalArgumentException("teacherModel: " + problem);
            });
        } else if (column.isEmpty() && !params.isSet(params.recipe())) {
            throw new IllegalArgumentException(
                    "there is no teacher; set teacher (a fitted model), teacherCol (a column of"
                            + " scores), teacherModel (an ONNX file) or teacher { ... } in recipe");
        }
    }

    private String teacherLine(Storage storage) {
        if (params.isSet(params.teacherModel())) {
            return "\nteacher " + text(onnx(storage, params.getOrDefault(params.teacherModel())));
        }
        return teacher.map(column -> "\nteacher " + text(task.column(column, rows)))
                .orElse("");
    }

    /** Each of its inputs reads the columns of its name, or else all that the student reads. */
    private Map<String, Object> onnx(Storage storage, String path) {
        ForeignModel model = ForeignModel.at(new SavedOnnx(path).files(storage).onThisMachine());
        List<Map<String, Object>> inputs;
        try (OnnxPredictor opened = OnnxPredictor.open(model, 1)) {
            inputs = opened.inputs().stream()
                    .<Map<String, Object>>map(input -> Map.of(
                            "name", input.name(), "encoder", input.type() == ElementType.STRING ? "text" : "tensor"))
                    .toList();
        }
        Map<String, Object> settings = new LinkedHashMap<>();
        settings.put("kind", "onnx");
        settings.put("path", path);
        settings.put("inputs", inputs);
        if (model.facts().classLabels().isEmpty()
                && !rows.columns().classNames().isEmpty()) {
            settings.put("classes", rows.columns().classNames());
        }
        return settings;
    }
}
