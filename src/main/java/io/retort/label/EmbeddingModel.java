package io.retort.label;

import io.retort.data.Target;
import io.retort.predict.ModelHandle;

/**
 * A teacher whose vectors are what students learn.
 *
 * @param logits the model, whose values are the vector of a row
 * @param width of the vector, at least that of the students'
 */
public record EmbeddingModel(ModelHandle logits, int width) implements TeacherModel {
    @Override
    public int width(Target target) {
        return width;
    }
}
