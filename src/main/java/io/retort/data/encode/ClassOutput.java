package io.retort.data.encode;

import io.retort.config.Names;
import io.retort.predict.OutputKind;
import io.retort.predict.Outputs;
import io.retort.storage.Digest;
import java.util.ArrayList;
import java.util.List;

/**
 * The logits of a classifier in the data's order of classes, whatever its output is.
 *
 * @param floor the least probability, where the output is probabilities or their logarithms
 * @param columns the place of each of the data's classes in the output; none where the orders are the same
 */
public record ClassOutput(String output, OutputKind kind, double floor, ArrayList<Integer> columns)
        implements OutputReading {
    /** The output in the data's order of classes, with its values as they are. */
    public ClassOutput raw() {
        return new ClassOutput(output, OutputKind.LOGITS, floor, columns);
    }

    @Override
    public List<String> outputs() {
        return List.of(output);
    }

    @Override
    public float[] read(Outputs outputs) {
        float[] values = outputs.of(output);
        if (!columns.isEmpty() && outputs.width(output) == columns.size()) {
            values = inOrder(values);
        }
        kind.toLogits(values, floor);
        return values;
    }

    @Override
    public boolean nodeByNode() {
        return false;
    }

    @Override
    public void addTo(Digest digest) {
        digest.add("class-output/1").add(output).add(Names.kebab(kind));
        digest.add(kind == OutputKind.LOGITS ? 0 : floor);
        digest.add(columns.stream().mapToInt(Integer::intValue).toArray());
    }

    private float[] inOrder(float[] values) {
        int classes = columns.size();
        float[] ordered = new float[values.length];
        for (int row = 0; row < values.length; row += classes) {
            for (int c = 0; c < classes; c++) {
                ordered[row + c] = values[row + columns.get(c)];
            }
        }
        return ordered;
    }
}
