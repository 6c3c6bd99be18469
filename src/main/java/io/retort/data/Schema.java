package io.retort.data;

import io.retort.config.Names;
import io.retort.network.Shape;
import io.retort.network.Signature;
import io.retort.network.Vocabulary;
import io.retort.storage.Digest;
import io.retort.storage.Fingerprinted;
import java.io.Serializable;
import java.util.List;

/**
 * What all samples of a data set have in common.
 *
 * @param shape of one sample's features
 * @param target what a row's label is
 * @param vocabulary whose ids the features are; {@linkplain Vocabulary#none none} where they are numbers
 * @param columns the name of each value of a sample in order; none where values have places and no names, as pixels have
 */
public record Schema(Shape shape, DataType element, Target target, Vocabulary vocabulary, List<String> columns)
        implements Serializable, Fingerprinted {
    /** The schema of samples whose features are numbers without names. */
    public Schema(Shape shape, DataType element, Target target) {
        this(shape, element, target, Vocabulary.none(), List.of());
    }

    /** The schema of samples of several classes whose features are numbers without names. */
    public Schema(Shape shape, DataType element, List<String> classNames) {
        this(shape, element, new Target.ClassTarget(classNames));
    }

    public Schema {
        columns = List.copyOf(columns);
        if (!columns.isEmpty() && columns.size() != shape.elements()) {
            throw new IllegalArgumentException(
                    "a sample of " + shape.elements() + " values has " + columns.size() + " names for them");
        }
    }

    /** The same with another vocabulary. */
    public Schema with(Vocabulary other) {
        return new Schema(shape, element, target, other, columns);
    }

    /** The same with another target. */
    public Schema with(Target other) {
        return new Schema(shape, element, other, vocabulary, columns);
    }

    /** What a network that learns from such samples calls its inputs and outputs. */
    public Signature signature() {
        return new Signature(columns, named(classNames()));
    }

    /** Class names that say more than the index of each; otherwise none. */
    public static List<String> named(List<String> classNames) {
        return ClassNames.areIndices(classNames) ? List.of() : classNames;
    }

    /** Whether samples are texts. */
    public boolean hasTexts() {
        return !vocabulary.isNone();
    }

    /** What samples are called: texts, images, or only samples. */
    public String noun() {
        return hasTexts() ? "texts" : shape.isImage() ? "images" : "rows";
    }

    /** The outputs of a network by name. */
    public List<String> classNames() {
        return target.names();
    }

    /** How many outputs a network has. */
    public int classes() {
        return target.outputs();
    }

    /** Bytes of one sample's features. */
    public int featureBytes() {
        return shape.elements() * element.bytes();
    }

    @Override
    public void addTo(Digest digest) {
        digest.add("schema/1")
                .add(shape)
                .add(Names.kebab(element))
                .add(target)
                .add(vocabulary.digest())
                .addTexts(columns);
    }
}
