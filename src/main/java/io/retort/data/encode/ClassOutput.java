package io.retort.data.encode;

import io.retort.config.Names;
import io.retort.data.LabelColumns;
import io.retort.data.encode.EncodedModel.OutputReading;
import io.retort.predict.OutputKind;
import io.retort.predict.Predictor.Outputs;
import io.retort.storage.Digest;
import java.util.ArrayList;
import java.util.List;

/**
 * The logits of a classifier in the data's order of classes, whatever its output is.
 *
 * @param floor the least probability, where the output is probabilities or their logarithms
 * @param columns the place of each of the data's classes in the output; none where the orders are the same
 * @param form of the output beside what networks predict
 */
public record ClassOutput(String output, OutputKind kind, double floor, ArrayList<Integer> columns, Form form)
        implements OutputReading {
    /** What an output's values are. */
    public enum Form {
        /** A value for each class, one of which a row has. */
        ONE_OF_SEVERAL,
        /** The logit of the second of two classes, less that of the first. */
        LOGIT_OF_TWO,
        /** The probability of the second of two classes. */
        PROBABILITY_OF_TWO,
        /** A value for each class, of which a row has any number. */
        SEVERAL,
        /** Numbers in the labels' units. */
        NUMBERS;

        /** That of a value for each class, or for each number. */
        public static Form of(LabelColumns.Kind target) {
            return switch (target) {
                case CLASS -> ONE_OF_SEVERAL;
                case SEVERAL_CLASSES -> SEVERAL;
                case NUMBERS, EMBEDDING -> NUMBERS; // recipes give vectors to other teachers
            };
        }

        /** That of one value for two classes. */
        public static Form ofTwo(OutputKind kind) {
            return kind == OutputKind.PROBABILITIES ? PROBABILITY_OF_TWO : LOGIT_OF_TWO;
        }
    }

    /** The same of another kind. */
    public ClassOutput with(OutputKind other) {
        return new ClassOutput(output, other, floor, columns, form);
    }

    /** The output in the data's order of classes, with its values as they are. */
    public ClassOutput raw() {
        return with(form == Form.NUMBERS ? OutputKind.NUMBERS : OutputKind.LOGITS);
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
        if (form == Form.LOGIT_OF_TWO || form == Form.PROBABILITY_OF_TWO) {
            values = ofTwo(values);
        }
        if (form == Form.SEVERAL && kind == OutputKind.PROBABILITIES) {
            for (int i = 0; i < values.length; i++) {
                double p = Math.max(floor, Math.min(1 - floor, values[i]));
                values[i] = (float) Math.log(p / (1 - p));
            }
        } else if (form != Form.NUMBERS) {
            kind.toLogits(values, floor);
        }
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
        if (form != Form.ONE_OF_SEVERAL) {
            digest.add(Names.kebab(form));
        }
    }

    /** What softmax makes the sigmoid of the one value of, or probabilities that add up to 1. */
    private float[] ofTwo(float[] second) {
        float[] both = new float[2 * second.length];
        for (int row = 0; row < second.length; row++) {
            both[2 * row] = form == Form.LOGIT_OF_TWO ? 0 : 1 - second[row];
            both[2 * row + 1] = second[row];
        }
        return both;
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
