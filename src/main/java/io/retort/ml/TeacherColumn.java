package io.retort.ml;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.col;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.Transformer;
import org.apache.spark.ml.classification.RandomForestClassificationModel;
import org.apache.spark.ml.feature.StringIndexerModel;
import org.apache.spark.ml.functions;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.param.Param;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;

/**
 * A fitted model of the session as a teacher: the column of its scores, and what else is known of it.
 *
 * @param model nothing where the scores are in the DataFrame already
 * @param column that has them
 */
record TeacherColumn(Optional<Transformer> model, String column) {
    private static final List<String> OUTPUTS =
            List.of("outputCol", "predictionCol", "probabilityCol", "rawPredictionCol");

    /**
     * That of an estimator's parameters; nothing where they name neither a model nor a column.
     *
     * @param output the parameter of a model that names the column of its scores
     */
    static Optional<TeacherColumn> of(DistillationParams<?> params, String output) {
        Optional<Transformer> model =
                params.isSet(params.teacher()) ? Optional.of(params.getOrDefault(params.teacher())) : Optional.empty();
        if (params.isSet(params.teacherCol())) {
            return Optional.of(new TeacherColumn(model, params.getOrDefault(params.teacherCol())));
        }
        return model.map(teacher -> new TeacherColumn(model, scores(teacher, output)));
    }

    private static String scores(Transformer teacher, String output) {
        List<Transformer> stages = stages(teacher).toList();
        for (int i = stages.size() - 1; i >= 0; i--) {
            Optional<String> found = text(stages.get(i), output).filter(name -> !name.isEmpty());
            if (found.isPresent()) {
                return found.get();
            }
        }
        throw new IllegalArgumentException("the teacher " + teacher.uid() + " has no stage with " + output
                + "; name the column of its scores in teacherCol");
    }

    private static Stream<Transformer> stages(Transformer teacher) {
        return teacher instanceof PipelineModel pipeline
                ? Arrays.stream(pipeline.stages()).flatMap(TeacherColumn::stages)
                : Stream.of(teacher);
    }

    private static Optional<String> text(Transformer stage, String param) {
        if (!stage.hasParam(param)) {
            return Optional.empty();
        }
        Param<Object> found = stage.getParam(param);
        return stage.isDefined(found) ? Optional.of(stage.getOrDefault(found).toString()) : Optional.empty();
    }

    /**
     * Rows with the column {@code as} of the scores, an array of floats or a float.
     *
     * @param rows what the model does not read must be in one column of a name that it does not write
     */
    Dataset<Row> scored(Dataset<Row> rows, String as) {
        Dataset<Row> answered = rows;
        if (model.isPresent()) {
            List<String> written = stages(model.get())
                    .flatMap(stage -> written(stage).stream())
                    .toList();
            answered = transformed(model.get(), rows.drop(written.toArray(String[]::new)));
        }
        DataType type = FitColumns.type(answered.schema(), column, model.isPresent() ? "the teacher" : "teacherCol");
        return answered.withColumn(as, floats(col(quoted(column)), type));
    }

    private static Dataset<Row> transformed(Transformer teacher, Dataset<Row> rows) {
        try {
            return teacher.transform(rows);
        } catch (Exception e) { // Spark throws checked ones, too, which it does not declare
            throw new IllegalArgumentException(
                    "the teacher " + teacher.uid() + " does not fit this DataFrame: " + e.getMessage(), e);
        }
    }

    /** What a stage writes; where the DataFrame has that already, the model makes it anew. */
    private static List<String> written(Transformer stage) {
        List<String> written = new ArrayList<>();
        OUTPUTS.forEach(param -> text(stage, param).ifPresent(written::add));
        if (stage.hasParam("outputCols")) {
            Param<Object> several = stage.getParam("outputCols");
            if (stage.isSet(several)) {
                written.addAll(List.of((String[]) stage.getOrDefault(several)));
            }
        }
        return written;
    }

    private Column floats(Column scores, DataType type) {
        if (type.equals(SQLDataTypes.VectorType())) {
            return functions.vector_to_array(scores, "float32");
        } else if (type instanceof ArrayType) {
            return scores.cast("array<float>");
        } else if (FitColumns.isNumber(type)) {
            return array(scores.cast("float"));
        }
        throw FitColumns.refused(column, type, "a vector, an array of numbers or a number, as scores of a teacher are");
    }

    static String quoted(String column) {
        return "`" + column.replace("`", "``") + "`";
    }

    /** The classes in the order of a model's scores, where an indexer in its pipeline says it. */
    Optional<List<String>> classes() {
        List<Transformer> stages =
                model.map(TeacherColumn::stages).orElse(Stream.empty()).toList();
        Optional<String> label = stages.stream()
                .flatMap(stage -> text(stage, "labelCol").stream())
                .reduce((first, last) -> last);
        return stages.stream()
                .filter(StringIndexerModel.class::isInstance)
                .map(StringIndexerModel.class::cast)
                .filter(indexer ->
                        indexer.isSet(indexer.outputCol()) && label.equals(Optional.of(indexer.getOutputCol())))
                .map(indexer -> List.of(indexer.labelsArray()[0]))
                .reduce((first, last) -> last);
    }

    /** The least probability that is natural to the model, as if each class had one more vote of a forest's trees. */
    Optional<Double> floor(int classes) {
        return model.map(TeacherColumn::stages)
                .orElse(Stream.empty())
                .filter(RandomForestClassificationModel.class::isInstance)
                .map(RandomForestClassificationModel.class::cast)
                .map(forest -> 1.0 / (forest.getNumTrees() + classes))
                .findFirst();
    }
}
