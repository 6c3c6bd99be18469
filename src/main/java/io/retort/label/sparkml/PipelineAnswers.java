package io.retort.label.sparkml;

import io.retort.data.ClassNames;
import io.retort.data.Column;
import io.retort.data.Column.NumberColumn;
import io.retort.data.Schema;
import io.retort.predict.Model;
import io.retort.predict.OutputKind;
import io.retort.predict.RowBatch;
import io.retort.storage.ArtifactException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.Transformer;
import org.apache.spark.ml.classification.ProbabilisticClassificationModel;
import org.apache.spark.ml.classification.RandomForestClassificationModel;
import org.apache.spark.ml.feature.StringIndexerModel;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.ml.tuning.CrossValidatorModel;
import org.apache.spark.ml.tuning.TrainValidationSplitModel;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * An open pipeline of Spark ML, which transforms rows as a DataFrame with the columns that the rows have: a number with
 * a name of its own is a double, a vector is a vector, a text is a string.
 *
 * @param order the place of each of the data's classes in the output; none where the orders are the same
 */
record PipelineAnswers(
        SparkSession session,
        PipelineModel pipeline,
        Schema schema,
        PipelineTeacher.Output output,
        List<Integer> order,
        double floor)
        implements Model {
    /** Tells rows apart, beside their own columns. */
    static final String ID = "retort_row_id";

    private static final double USUAL_FLOOR = 1e-6;

    /** @throws ArtifactException where it is not known what it gives, or in which order */
    static PipelineAnswers load(PipelineTeacher teacher) {
        SparkSession session = SparkSession.builder().getOrCreate();
        PipelineModel pipeline = PipelineModel.load(teacher.path());
        List<Transformer> stages = stages(pipeline).toList();
        Optional<ProbabilisticClassificationModel<?, ?>> last = Optional.of(stages.get(stages.size() - 1))
                .filter(ProbabilisticClassificationModel.class::isInstance)
                .map(stage -> (ProbabilisticClassificationModel<?, ?>) stage);
        PipelineTeacher.Output output = teacher.output().stream()
                .findFirst()
                .orElseGet(() -> last.map(model ->
                                new PipelineTeacher.Output(model.getProbabilityCol(), OutputKind.PROBABILITIES))
                        .orElseThrow(() -> new ArtifactException(teacher.path() + ": its last stage is "
                                + stages.get(stages.size() - 1).getClass().getSimpleName()
                                + ", which gives no probabilities; name the column that has a value for each class in"
                                + " teacher.output.column, and its kind")));
        return new PipelineAnswers(
                session,
                pipeline,
                teacher.schema(),
                output,
                order(teacher, stages, last),
                teacher.floor().stream()
                        .findFirst()
                        .orElseGet(() -> last.map(PipelineAnswers::floor).orElse(USUAL_FLOOR)));
    }

    /** As if each class had one more vote. */
    private static double floor(ProbabilisticClassificationModel<?, ?> model) {
        return model instanceof RandomForestClassificationModel forest
                ? 1.0 / (forest.getNumTrees() + forest.numClasses())
                : USUAL_FLOOR;
    }

    /** All stages in their order, those of pipelines and of searches inside of it too. */
    private static Stream<Transformer> stages(Transformer stage) {
        if (stage instanceof PipelineModel inner) {
            return Arrays.stream(inner.stages()).flatMap(PipelineAnswers::stages);
        } else if (stage instanceof CrossValidatorModel search) {
            return stages(search.bestModel());
        } else if (stage instanceof TrainValidationSplitModel search) {
            return stages(search.bestModel());
        }
        return Stream.of(stage);
    }

    private static List<Integer> order(
            PipelineTeacher teacher, List<Transformer> stages, Optional<ProbabilisticClassificationModel<?, ?>> last) {
        ClassNames names = ClassNames.of(teacher.schema());
        if (!teacher.classes().isEmpty()) {
            return names.placesIn(teacher.classes()).orElseThrow();
        }
        Optional<List<String>> indexed = last.flatMap(model -> stages.stream()
                .filter(StringIndexerModel.class::isInstance)
                .flatMap(stage -> labels((StringIndexerModel) stage, model.getLabelCol()).stream())
                .findFirst());
        if (indexed.isEmpty() && names.areIndices()) {
            return List.of(); // a model that was fitted on indices has their order
        }
        List<String> found = indexed.orElseThrow(() -> new ArtifactException(teacher.path()
                + ": no StringIndexer in it says which class each value of its output is of; name the data's classes "
                + teacher.schema().classNames() + " in the order of the output in teacher.classes"));
        return names.placesIn(found)
                .orElseThrow(
                        () -> new ArtifactException(teacher.path() + ": its classes are " + found + ", and the data's "
                                + teacher.schema().classNames() + names.differencesOf(found)
                                + "; name the data's classes in the order of the output in teacher.classes"));
    }

    /** What an indexer has indexed into a column; it orders classes by how frequent they are. */
    private static Optional<List<String>> labels(StringIndexerModel indexer, String column) {
        List<String> columns = new ArrayList<>();
        if (indexer.isSet(indexer.outputCols())) {
            columns.addAll(List.of(indexer.getOutputCols()));
        } else {
            columns.add(indexer.getOutputCol());
        }
        int place = columns.indexOf(column);
        return place < 0
                ? Optional.empty()
                : Optional.of(Arrays.stream(indexer.labelsArray()[place])
                        .map(label -> label.matches("-?\\d+\\.0") ? label.substring(0, label.length() - 2) : label)
                        .toList());
    }

    /** The columns of the DataFrame that it transforms: the row's id, then those of the row. */
    static StructType columns(Schema schema) {
        StructType columns = new StructType().add(ID, DataTypes.LongType, false);
        for (Column column : schema.columns()) {
            if (column instanceof NumberColumn numbers && !numbers.parts().isEmpty()) {
                for (String part : numbers.parts()) {
                    columns = columns.add(part, DataTypes.DoubleType, false);
                }
            } else {
                columns = columns.add(column.name(), type(column), !(column instanceof NumberColumn));
            }
        }
        return columns;
    }

    private static DataType type(Column column) {
        if (column instanceof NumberColumn numbers) {
            return numbers.shape().elements() == 1 ? DataTypes.DoubleType : SQLDataTypes.VectorType();
        }
        return DataTypes.StringType;
    }

    /** Rows in the columns of {@link #columns}. */
    static List<Row> rows(Schema schema, RowBatch batch) {
        return IntStream.range(0, batch.size())
                .mapToObj(row -> RowFactory.create(values(schema, batch, row).toArray()))
                .toList();
    }

    private static List<Object> values(Schema schema, RowBatch batch, int row) {
        List<Object> values = new ArrayList<>();
        values.add(batch.id(row));
        for (Column column : schema.columns()) {
            if (column instanceof NumberColumn numbers) {
                int width = numbers.shape().elements();
                float[] all = batch.numbers(column.name());
                double[] own = IntStream.range(0, width)
                        .mapToDouble(i -> all[row * width + i])
                        .toArray();
                if (numbers.parts().isEmpty() && width > 1) {
                    values.add(Vectors.dense(own));
                } else {
                    Arrays.stream(own).forEach(values::add);
                }
            } else {
                values.add(batch.text(column.name(), row));
            }
        }
        return values;
    }

    /** Ids and outputs of rows, in their order and partitions: a pipeline changes rows one by one. */
    Dataset<Row> transformed(Dataset<Row> rows) {
        try {
            return pipeline.transform(rows).select(ID, output.column());
        } catch (Exception e) { // Spark's own are checked, and not declared
            throw new ArtifactException(
                    "the teacher's pipeline cannot transform rows with the columns "
                            + Arrays.toString(rows.columns()) + ": "
                            + String.valueOf(e.getMessage()).lines().findFirst().orElse(""),
                    e);
        }
    }

    /** The output of some rows as it is, in the data's order of classes. */
    private float[] values(RowBatch batch) {
        List<Row> answers = transformed(session.createDataFrame(rows(schema, batch), columns(schema)))
                .collectAsList();
        long[] ids = IntStream.range(0, batch.size()).mapToLong(batch::id).toArray();
        return values(answers, ids, schema.classes(), order);
    }

    /**
     * Outputs that must be of exactly these rows.
     *
     * @throws ArtifactException where they are not, or have another width
     */
    static float[] values(List<Row> answers, long[] ids, int classes, List<Integer> order) {
        float[] values = new float[ids.length * classes];
        for (int i = 0; i < ids.length; i++) {
            if (answers.size() != ids.length || answers.get(i).getLong(0) != ids[i]) {
                throw new ArtifactException("the teacher's pipeline must give one row for each row, in their order, but"
                        + " of " + ids.length + " it gives " + answers.size() + ", and row " + ids[i]
                        + " is not in its place; set handleInvalid = keep or error in its stages");
            }
            if (!(answers.get(i).get(1) instanceof Vector output) || output.size() != classes) {
                throw new ArtifactException("the teacher's output must be a vector of a value for each of the data's "
                        + classes + " classes, was " + answers.get(i).get(1)
                        + "; labels such as {0, 2} make Spark ML count three classes");
            }
            for (int c = 0; c < classes; c++) {
                values[i * classes + c] = (float) output.apply(order.isEmpty() ? c : order.get(c));
            }
        }
        return values;
    }

    @Override
    public float[] predict(RowBatch batch) {
        float[] values = values(batch);
        output.kind().toLogits(values, floor);
        return values;
    }

    /** The same, with values as they are. */
    Model raw() {
        return new Model() {
            @Override
            public float[] predict(RowBatch batch) {
                return values(batch);
            }

            @Override
            public void close() {}
        };
    }

    @Override
    public void close() {}
}
