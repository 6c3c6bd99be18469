package io.retort.data;

import io.retort.network.Shape;
import java.io.Serializable;
import java.util.List;

/**
 * What all samples of a data set have in common.
 *
 * @param shape of one sample's features
 * @param classNames by class index
 */
public record Schema(Shape shape, Element element, List<String> classNames) implements Serializable {
    public Schema {
        classNames = List.copyOf(classNames);
        if (classNames.size() < 2) {
            throw new IllegalArgumentException("a data set needs at least 2 classes, has " + classNames);
        }
    }

    public int classes() {
        return classNames.size();
    }

    /** Bytes of one sample's features. */
    public int featureBytes() {
        return shape.elements() * element.bytes();
    }
}
