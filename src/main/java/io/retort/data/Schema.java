package io.retort.data;

import io.retort.network.Shape;
import io.retort.network.Vocabulary;
import java.io.Serializable;
import java.util.List;

/**
 * What all samples of a data set have in common.
 *
 * @param shape of one sample's features
 * @param classNames by class index
 * @param vocabulary whose ids the features are; {@linkplain Vocabulary#none none} where they are numbers
 */
public record Schema(Shape shape, Element element, List<String> classNames, Vocabulary vocabulary)
        implements Serializable {
    /** The schema of samples whose features are numbers. */
    public Schema(Shape shape, Element element, List<String> classNames) {
        this(shape, element, classNames, Vocabulary.none());
    }

    public Schema {
        classNames = List.copyOf(classNames);
        if (classNames.size() < 2) {
            throw new IllegalArgumentException("a data set needs at least 2 classes, has " + classNames);
        }
    }

    /** The same with another vocabulary. */
    Schema with(Vocabulary other) {
        return new Schema(shape, element, classNames, other);
    }

    /** Whether samples are texts. */
    public boolean hasTexts() {
        return !vocabulary.isNone();
    }

    /** What samples are called: texts, images, or only samples. */
    public String noun() {
        return hasTexts() ? "texts" : shape.isImage() ? "images" : "rows";
    }

    public int classes() {
        return classNames.size();
    }

    /** Bytes of one sample's features. */
    public int featureBytes() {
        return shape.elements() * element.bytes();
    }

    /** Part of fingerprints: that of numbers is what it was when there were no texts. */
    @Override
    public String toString() {
        return "Schema[shape=" + shape + ", element=" + element + ", classNames=" + classNames
                + (hasTexts() ? ", vocabulary=" + vocabulary.digest() : "") + "]";
    }
}
