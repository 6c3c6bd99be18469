package io.retort.label;

import io.retort.data.Column.NumberColumn;
import io.retort.data.DataType;
import io.retort.data.Target;
import io.retort.network.Shape;
import io.retort.predict.ModelHandle;
import java.util.List;

/**
 * A model that gives no scores but features of a row, such as the embedding of its text, from which a classifier is
 * fitted. They are stored as labels are, by shard, as they are.
 *
 * @param logits the model, whose values are features
 * @param width of the features of a row
 */
public record FeatureModel(ModelHandle logits, int width) implements TeacherModel {
    /** What the column of features is called, beside those of the rows. */
    public static final String COLUMN = "retort-features";

    /** The column that the features are. */
    public static NumberColumn column(int width) {
        return new NumberColumn(COLUMN, DataType.FLOAT32, Shape.vector(width), List.of());
    }

    @Override
    public int width(Target target) {
        return width;
    }

    @Override
    public Codec codec(LabellingSettings settings, Target target) {
        return new Float32Codec();
    }
}
