package io.retort.predict;

import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.Collectors;

/**
 * A model in inference mode: named tensors in, named tensors out.
 *
 * <p>Any number of threads may use it at once. An answer depends on nothing but its batch.
 */
public interface Predictor extends AutoCloseable {
    /** What a batch must have, in the model's order. */
    List<TensorSpec> inputs();

    /** What it gives, in the order in which it was asked for. */
    List<TensorSpec> outputs();

    /**
     * Runs the model.
     *
     * @param inputs a tensor for each of {@link #inputs}, read only
     * @throws io.retort.storage.ArtifactException where the model fails on it
     */
    Outputs predict(Inputs inputs);

    /** Waits for running calls; later ones fail. */
    @Override
    void close();

    /**
     * A batch for a {@link Predictor}.
     *
     * @param rows of the batch; tensors may have room for more
     * @param tensors one for each input, by its name
     */
    record Inputs(int rows, Map<String, BatchTensor> tensors) {
        public Inputs {
            if (rows < 1) {
                throw new IllegalArgumentException("a batch must have at least one row, was " + rows);
            }
            tensors = Map.copyOf(tensors);
        }
    }

    /**
     * What a {@link Predictor} gives for a batch.
     *
     * @param values {@code [rows, ...]} by the output's name, whatever the model's own element type; the caller's own
     *     from now on
     * @param texts likewise, of outputs that are texts
     */
    record Outputs(int rows, Map<String, float[]> values, Map<String, List<String>> texts) {
        public Outputs {
            values = Map.copyOf(values);
            texts = Map.copyOf(texts);
        }

        /** Without texts. */
        public Outputs(int rows, Map<String, float[]> values) {
            this(rows, values, Map.of());
        }

        /** The values of an output, row by row. */
        public float[] of(String name) {
            float[] found = values.get(name);
            if (found == null) {
                throw new IllegalArgumentException("there is no output '" + name + "', only " + values.keySet());
            }
            return found;
        }

        /** Values per row of an output. */
        public int width(String name) {
            return of(name).length / rows;
        }
    }

    /**
     * An input or output of a model.
     *
     * @param sizes the first is the batch's; {@value #OPEN} for a size that the model leaves open. None at all for an
     *     output of which the model does not tell how many sizes it has
     */
    record TensorSpec(String name, ElementType type, List<Integer> sizes) {
        /** A size that each batch may choose. */
        public static final int OPEN = -1;

        public TensorSpec {
            sizes = List.copyOf(sizes);
        }

        /** How many rows each batch must have; nothing where it may have any number. */
        public OptionalInt fixedBatch() {
            return sizes.isEmpty() || sizes.get(0) == OPEN ? OptionalInt.empty() : OptionalInt.of(sizes.get(0));
        }

        /** The sizes without the batch; an open one where none is known. */
        public List<Integer> rowSizes() {
            return sizes.isEmpty() ? List.of(OPEN) : sizes.subList(1, sizes.size());
        }

        /** Such as {@code float32 [batch, 1, 28, 28]}; an open size other than the batch is a question mark. */
        public String describe() {
            if (sizes.isEmpty()) {
                return type + " of unknown sizes";
            }
            String batch = fixedBatch().isPresent() ? sizes.get(0).toString() : "batch";
            String rest = rowSizes().stream()
                    .map(size -> size == OPEN ? ", ?" : ", " + size)
                    .collect(Collectors.joining());
            return type + " [" + batch + rest + "]";
        }
    }
}
