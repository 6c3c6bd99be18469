package io.retort.ml;

import io.retort.engine.onnx.run.OnnxPredictor;
import io.retort.engine.onnx.write.OnnxModel;
import io.retort.ml.ScoredRows.Column;
import io.retort.predict.ElementType;
import io.retort.predict.Predictor.TensorSpec;
import io.retort.spark.SharedValue.SharedModel;
import io.retort.storage.Json;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * An ONNX model over the columns of a DataFrame: how they become its inputs, and what columns its outputs become.
 *
 * @param origin of the model
 * @param inputs of the model
 * @param outputs that become columns, in this order
 * @param names of the inputs' elements, where the file has them
 */
record OnnxScoring(
        NamedModel.Origin origin,
        List<TensorSpec> inputs,
        List<TensorSpec> outputs,
        List<String> names,
        Settings settings) {
    private static final String COLUMN = "column/";

    /**
     * What a user says of it; empty lists for what follows from the model.
     *
     * @param inputNames one for each of {@code inputCols}
     * @param outputCols one for each of {@code outputNames}
     */
    record Settings(
            List<String> inputNames,
            List<String> inputCols,
            List<String> outputNames,
            List<String> outputCols,
            OutputForm form,
            Rows rows) {}

    /**
     * How rows are taken.
     *
     * @param batchSize rows that the model sees together, at most
     * @param keepsMissing whether a null is not-a-number or an empty text for it, instead of an error
     */
    record Rows(int batchSize, boolean keepsMissing) {}

    /** What an output is in a DataFrame. */
    enum OutputForm {
        /** An array of floats, or one float where there is one value for each row. */
        ARRAY,
        /** A vector of Spark ML. */
        VECTOR
    }

    /** Opens the model on the driver for a moment. */
    static OnnxScoring of(NamedModel.Origin origin, Settings settings) {
        try (OnnxPredictor model = origin.open(settings.outputNames(), 1)) {
            OnnxScoring scoring =
                    new OnnxScoring(origin, model.inputs(), model.outputs(), elements(model.metadata()), settings);
            scoring.requireOutputs();
            return scoring;
        }
    }

    /** The names of an input's elements, of a file that has them; what others keep under that key is none of ours. */
    private static List<String> elements(Map<String, String> metadata) {
        try {
            return List.of(Json.parse(metadata.getOrDefault(OnnxModel.COLUMNS, "[]"), String[].class));
        } catch (IllegalStateException e) {
            return List.of();
        }
    }

    private void requireOutputs() {
        if (!settings.outputCols().isEmpty() && settings.outputCols().size() != outputs.size()) {
            throw new IllegalArgumentException("outputCols must have a column for each output of " + names(outputs)
                    + ", was " + settings.outputCols());
        }
    }

    private static List<String> names(List<TensorSpec> tensors) {
        return tensors.stream().map(TensorSpec::name).toList();
    }

    /** Values of a row, or {@link TensorSpec#OPEN}. */
    private static int width(TensorSpec output) {
        return NamedModel.open(output) > 0 ? TensorSpec.OPEN : NamedModel.fixed(output);
    }

    private List<String> outputCols() {
        return settings.outputCols().isEmpty() ? names(outputs) : settings.outputCols();
    }

    /** Refuses a DataFrame that lacks what an input takes. */
    void requireInputs(StructType schema) {
        feeding(schema);
    }

    /** The columns of a DataFrame with the outputs behind them. */
    StructType schema(StructType schema) {
        requireInputs(schema);
        StructType whole = schema;
        List<Column> columns = columns();
        for (int i = 0; i < columns.size(); i++) {
            StructField field = columns.get(i).field();
            if (List.of(whole.fieldNames()).contains(field.name())) {
                throw new IllegalArgumentException("there is a column " + field.name() + " already; give the output '"
                        + outputs.get(i).name() + "' another one in outputCols");
            }
            whole = whole.add(field);
        }
        return whole;
    }

    private List<Column> columns() {
        return IntStream.range(0, outputs.size())
                .mapToObj(i -> column(outputCols().get(i), outputs.get(i)))
                .toList();
    }

    private Column column(String name, TensorSpec output) {
        ScoredRows.Form form = form(output);
        String of = output.name();
        return new Column(
                DataTypes.createStructField(name, type(output), false), (answers, row) -> form.of(answers, of, row));
    }

    private ScoredRows.Form form(TensorSpec output) {
        boolean isSingle = width(output) == 1;
        if (output.type() == ElementType.STRING) {
            return isSingle ? ScoredRows.Form.TEXT : ScoredRows.Form.TEXTS;
        }
        return settings.form() == OutputForm.VECTOR
                ? ScoredRows.Form.VECTOR
                : isSingle ? ScoredRows.Form.FLOAT : ScoredRows.Form.ARRAY;
    }

    private DataType type(TensorSpec output) {
        return switch (form(output)) {
            case FLOAT -> DataTypes.FloatType;
            case ARRAY -> DataTypes.createArrayType(DataTypes.FloatType, false);
            case VECTOR -> SQLDataTypes.VectorType();
            case TEXT -> DataTypes.StringType;
            case TEXTS -> DataTypes.createArrayType(DataTypes.StringType, false);
        };
    }

    /** Lazily: the rows with the outputs behind them, in their order and partitions. */
    Dataset<Row> of(Dataset<?> dataset) {
        schema(dataset.schema());
        return of(dataset, columns());
    }

    /** The same with columns of the caller's, which the rows do not have yet. */
    Dataset<Row> of(Dataset<?> dataset, List<Column> columns) {
        NamedModel model = new NamedModel(origin, new ArrayList<>(names(outputs)));
        SharedModel shared = SharedModel.of(
                JavaSparkContext.fromSparkContext(dataset.sparkSession().sparkContext()), model);
        ScoredRows rows = new ScoredRows(
                shared,
                feeding(dataset.schema()),
                columns,
                settings.rows().batchSize(),
                settings.rows().keepsMissing());
        return RawRow.mapped(dataset, rows, columns.stream().map(Column::field).toList());
    }

    /** What each input of the model is made of. */
    private ArrayList<FrameInput> feeding(StructType schema) {
        Map<String, List<String>> columns = columns(List.of(schema.fieldNames()));
        ArrayList<FrameInput> feeding = new ArrayList<>();
        for (TensorSpec input : inputs) {
            List<String> own = columns.remove(input.name());
            if (own == null) {
                throw new IllegalArgumentException("input '" + input.name() + "', " + input.describe()
                        + ", of the model has no column; name one in inputCols, and the input in inputNames; there are "
                        + Arrays.toString(schema.fieldNames()));
            }
            feeding.add(FrameInput.of(input, own, schema));
        }
        if (!columns.isEmpty()) {
            throw new IllegalArgumentException(
                    "the model has no input " + columns.keySet() + "; its inputs are " + names(inputs));
        }
        return feeding;
    }

    /** The names of columns by the input that they are for. */
    private Map<String, List<String>> columns(List<String> there) {
        List<String> columns = settings.inputCols();
        if (columns.isEmpty()) {
            return byName(there);
        }
        List<String> of = settings.inputNames().isEmpty()
                ? columns.stream()
                        .map(column -> inputs.size() == 1 ? inputs.get(0).name() : inputOf(column))
                        .toList()
                : settings.inputNames();
        if (of.size() != columns.size()) {
            throw new IllegalArgumentException(
                    "inputNames must have an input for each column of inputCols " + columns + ", was " + of);
        }
        return IntStream.range(0, columns.size())
                .boxed()
                .collect(Collectors.groupingBy(
                        of::get, LinkedHashMap::new, Collectors.mapping(columns::get, Collectors.toList())));
    }

    /** A model has one input whose elements have names, or inputs that are called as columns. */
    private Map<String, List<String>> byName(List<String> there) {
        Map<String, List<String>> found = new LinkedHashMap<>();
        if (inputs.size() == 1 && !names.isEmpty() && there.containsAll(names)) {
            found.put(inputs.get(0).name(), names);
            return found;
        }
        for (TensorSpec input : inputs) {
            String column = input.name().startsWith(COLUMN) ? input.name().substring(COLUMN.length()) : input.name();
            if (there.contains(column)) {
                found.put(input.name(), List.of(column));
            }
        }
        return found;
    }

    /** The input that a column is for by its name. */
    private String inputOf(String column) {
        List<String> all = names(inputs);
        return !all.contains(column) && all.contains(COLUMN + column) ? COLUMN + column : column;
    }

    /** The same with rows that are taken so. */
    OnnxScoring taking(Rows rows) {
        Settings others = new Settings(
                settings.inputNames(),
                settings.inputCols(),
                settings.outputNames(),
                settings.outputCols(),
                settings.form(),
                rows);
        return new OnnxScoring(origin, inputs, outputs, names, others);
    }
}
