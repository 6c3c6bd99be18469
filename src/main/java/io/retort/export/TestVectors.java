package io.retort.export;

import io.retort.engine.onnx.run.OnnxPredictor;
import io.retort.predict.BatchTensor;
import io.retort.predict.ElementType;
import io.retort.predict.Predictor.Inputs;
import io.retort.predict.Predictor.Outputs;
import io.retort.predict.Predictor.TensorSpec;
import io.retort.storage.ArtifactException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Rows with a model's answers, so that whoever serves it can prove that their runtime computes the same.
 *
 * @param version of this form
 * @param tolerance the greatest {@code |a − b| / max |b|} over all values of an output, b those that are here
 */
public record TestVectors(
        int version, int rows, double tolerance, List<InputValues> inputs, List<OutputValues> outputs) {
    /** How many rows a file has, or fewer where there are fewer. */
    public static final int ROWS = 16;

    /** Behind a model's name without {@code .onnx}. */
    public static final String SUFFIX = ".test-vectors.json";

    private static final int VERSION = 1;

    /** What runtimes differ by, that round in another order. */
    private static final double TOLERANCE = 1e-4;

    /**
     * An input.
     *
     * @param type float32, int64 or string
     * @param shape of all rows together
     * @param values row by row: numbers, of which null is not-a-number, or texts
     */
    public record InputValues(String name, String type, List<Integer> shape, List<Object> values) {
        public InputValues {
            shape = List.copyOf(shape);
            values = Collections.unmodifiableList(new ArrayList<>(values)); // with nulls
        }
    }

    /**
     * An output, as an {@link InputValues input}.
     *
     * @param values numbers or texts
     */
    public record OutputValues(String name, List<Integer> shape, List<Object> values) {
        public OutputValues {
            shape = List.copyOf(shape);
            values = List.copyOf(values);
        }
    }

    public TestVectors {
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
    }

    /** The answers of a model of ours. */
    public static TestVectors of(OnnxPredictor model, Inputs rows) {
        List<InputValues> inputs = model.inputs().stream()
                .map(input -> given(input, rows.tensors().get(input.name()), rows.rows()))
                .toList();
        Outputs answers = model.predict(rows);
        List<OutputValues> outputs = model.outputs().stream()
                .map(output ->
                        output.type() == ElementType.STRING ? texts(output, answers) : numbers(output.name(), answers))
                .toList();
        return new TestVectors(VERSION, rows.rows(), TOLERANCE, inputs, outputs);
    }

    private static OutputValues numbers(String name, Outputs answers) {
        List<Object> values = new ArrayList<>();
        for (float value : answers.of(name)) {
            values.add(value);
        }
        return new OutputValues(name, List.of(answers.rows(), answers.width(name)), values);
    }

    private static OutputValues texts(TensorSpec output, Outputs answers) {
        List<Integer> shape = new ArrayList<>(List.of(answers.rows()));
        shape.addAll(output.rowSizes());
        return new OutputValues(
                output.name(), shape, new ArrayList<>(answers.texts().get(output.name())));
    }

    private static InputValues given(TensorSpec input, BatchTensor tensor, int rows) {
        List<Integer> shape = new ArrayList<>(List.of(rows));
        shape.addAll(tensor.rowSizes());
        List<Object> values = new ArrayList<>();
        if (input.type() == ElementType.STRING) {
            values.addAll(List.of(tensor.texts(0, rows)));
        } else {
            ByteBuffer bytes = tensor.bytes(0, rows);
            if (input.type() == ElementType.INT64) {
                LongBuffer whole = bytes.asLongBuffer();
                while (whole.hasRemaining()) {
                    values.add(whole.get());
                }
            } else {
                FloatBuffer numbers = bytes.asFloatBuffer();
                while (numbers.hasRemaining()) {
                    float number = numbers.get();
                    values.add(Float.isNaN(number) ? null : number);
                }
            }
        }
        return new InputValues(input.name(), input.type().toString(), shape, values);
    }

    /**
     * Asks a model the same.
     *
     * @return the greatest difference, relative to the output's largest value
     * @throws ArtifactException where the model has other inputs or outputs, or differs by more than the tolerance
     */
    public double replay(OnnxPredictor model) {
        Outputs answers = model.predict(inputsOf(model));
        double most = 0;
        for (OutputValues output : outputs) {
            if (answers.values().containsKey(output.name())) {
                most = Math.max(most, difference(output, answers.of(output.name())));
            } else if (!answers.texts().containsKey(output.name())) {
                throw new ArtifactException("the model has no output '" + output.name() + "', only "
                        + model.outputs().stream().map(TensorSpec::name).toList());
            }
        }
        if (!(most <= tolerance)) {
            throw new ArtifactException("the model answers otherwise: it differs by " + most
                    + " of the largest value, and at most " + tolerance + " is allowed");
        }
        outputs.stream()
                .filter(output -> answers.texts().containsKey(output.name()))
                .forEach(output -> requireEqual(output, answers.texts().get(output.name())));
        return most;
    }

    /**
     * The rows as a model takes them.
     *
     * @throws ArtifactException where the model has other inputs
     */
    public Inputs inputsOf(OnnxPredictor model) {
        Map<String, BatchTensor> tensors = new HashMap<>();
        for (TensorSpec input : model.inputs()) {
            tensors.put(input.name(), tensor(input));
        }
        return new Inputs(rows, tensors);
    }

    private BatchTensor tensor(TensorSpec input) {
        InputValues given = inputs.stream()
                .filter(values -> values.name().equals(input.name())
                        && values.type().equals(input.type().toString()))
                .findFirst()
                .orElseThrow(() -> new ArtifactException(
                        "the model's input '" + input.name() + "', " + input.describe() + ", is not among "
                                + inputs.stream().map(InputValues::name).toList()));
        BatchTensor tensor = new BatchTensor(
                input.type(), given.shape().subList(1, given.shape().size()), rows);
        int elements = tensor.rowElements();
        if (given.values().size() != rows * elements) {
            throw new ArtifactException("input '" + input.name() + "' has "
                    + given.values().size() + " values, must have " + rows * elements);
        }
        float[] row = new float[elements];
        for (int r = 0; r < rows; r++) {
            for (int i = 0; i < elements; i++) {
                Object value = given.values().get(r * elements + i);
                if (input.type() == ElementType.STRING) {
                    tensor.putText(r, i, (String) value);
                } else {
                    row[i] = value == null ? Float.NaN : ((Number) value).floatValue();
                }
            }
            if (input.type() != ElementType.STRING) {
                tensor.putRow(r, row, 0);
            }
        }
        return tensor;
    }

    private static void requireEqual(OutputValues expected, List<String> found) {
        for (int i = 0; i < expected.values().size(); i++) {
            if (i >= found.size() || !expected.values().get(i).equals(found.get(i))) {
                throw new ArtifactException("the model answers otherwise: output '" + expected.name()
                        + "' of row " + (i + 1) + " is '" + (i < found.size() ? found.get(i) : "missing")
                        + "', must be '" + expected.values().get(i) + "'");
            }
        }
    }

    private static double difference(OutputValues expected, float[] found) {
        if (found.length != expected.values().size()) {
            return Double.POSITIVE_INFINITY;
        }
        double greatest = 0;
        double largest = 0;
        for (int i = 0; i < found.length; i++) {
            double value = expected.values().get(i) instanceof Number number ? number.doubleValue() : Double.NaN;
            double apart = Math.abs(found[i] - value);
            greatest = Math.max(greatest, Double.isNaN(apart) ? Double.POSITIVE_INFINITY : apart);
            largest = Math.max(largest, Math.abs(value));
        }
        return greatest == 0 ? 0 : greatest / largest;
    }
}
