package io.retort.predict;

import java.util.List;
import java.util.Map;

/**
 * What a {@link Predictor} gives for a batch.
 *
 * @param values {@code [rows, ...]} by the output's name, whatever the model's own element type; the caller's own from
 *     now on
 * @param texts likewise, of outputs that are texts
 */
public record Outputs(int rows, Map<String, float[]> values, Map<String, List<String>> texts) {
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
