package io.retort.data;

import io.retort.storage.Digest;
import io.retort.storage.Digest.Fingerprinted;
import java.io.Serializable;
import java.util.HashSet;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What a row's label is, and so what a network predicts. Of any target, single rows may lack their label.
 *
 * <p>The family is sealed and read through a {@link Visitor}, so that a new kind does not compile until every consumer
 * handles it.
 */
public sealed interface Target extends Serializable, Fingerprinted {
    /** The outputs of a network by name, in their order. */
    List<String> names();

    /** What a network predicts; where no row has a label, a class. */
    LabelColumns.Kind kind();

    /** Of a network that predicts it. */
    default int outputs() {
        return names().size();
    }

    /** Values of a row's label. */
    default int labelWidth() {
        return outputs();
    }

    <R> R accept(Visitor<R> visitor);

    /** Whether rows are meant to have labels. */
    default boolean isLabelled() {
        return true;
    }

    /** The classes of labels by index, whether a network predicts them or not; none where labels are no classes. */
    default List<String> classes() {
        return names();
    }

    /** Whether outputs are scores of classes of which a row has one: what a softmax is for. */
    default boolean isOneClass() {
        return true;
    }

    /** This target, or the other where no row here has a label: that of rows that come from two sources. */
    default Target or(Target other) {
        return this;
    }

    /** One method for each kind. */
    interface Visitor<R> {
        R none(NoTarget target);

        R oneClass(ClassTarget target);

        R severalClasses(MultiLabelTarget target);

        R numbers(NumberTarget target);

        R embedding(EmbeddingTarget target);
    }

    /** No row has a label: a network learns what its teacher outputs, under these names. */
    record NoTarget(List<String> names) implements Target {
        /** @param names none where a recipe says what else networks predict */
        public NoTarget {
            names = names.isEmpty() ? List.of() : checked(names, 2);
        }

        @Override
        public LabelColumns.Kind kind() {
            return LabelColumns.Kind.CLASS;
        }

        @Override
        public boolean isLabelled() {
            return false;
        }

        @Override
        public Target or(Target other) {
            return other;
        }

        @Override
        public int labelWidth() {
            return 1;
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.none(this);
        }

        @Override
        public void addTo(Digest digest) {
            digest.add("none").addTexts(names);
        }
    }

    /** One of several classes. A label is the index of a name. */
    record ClassTarget(List<String> names) implements Target {
        public ClassTarget {
            names = checked(names, 2);
        }

        @Override
        public LabelColumns.Kind kind() {
            return LabelColumns.Kind.CLASS;
        }

        @Override
        public int labelWidth() {
            return 1;
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.oneClass(this);
        }

        @Override
        public void addTo(Digest digest) {
            digest.addTexts(names); // what there was before there were other targets
        }
    }

    /** Any number of several classes at once. A label has a 0 or a 1 for each name. */
    record MultiLabelTarget(List<String> names) implements Target {
        public MultiLabelTarget {
            names = checked(names, 1);
        }

        @Override
        public boolean isOneClass() {
            return false;
        }

        @Override
        public LabelColumns.Kind kind() {
            return LabelColumns.Kind.SEVERAL_CLASSES;
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.severalClasses(this);
        }

        @Override
        public void addTo(Digest digest) {
            digest.add("multi-label").addTexts(names);
        }
    }

    /** Numbers. A label has one for each name. */
    record NumberTarget(List<String> names) implements Target {
        public NumberTarget {
            names = checked(names, 1);
        }

        @Override
        public List<String> classes() {
            return List.of();
        }

        @Override
        public boolean isOneClass() {
            return false;
        }

        @Override
        public LabelColumns.Kind kind() {
            return LabelColumns.Kind.NUMBERS;
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.numbers(this);
        }

        @Override
        public void addTo(Digest digest) {
            digest.add("number").addTexts(names);
        }
    }

    /**
     * A vector that only a teacher can give. A label is the index of a class, which nothing learns from: it tells
     * whether vectors of one class are near each other.
     *
     * @param outputs the width of the vector
     * @param classes none where no row has a label
     */
    record EmbeddingTarget(int outputs, List<String> classes) implements Target {
        public EmbeddingTarget {
            if (outputs < 1) {
                throw new IllegalArgumentException("a vector has at least one value, not " + outputs);
            }
            classes = classes.isEmpty() ? List.of() : checked(classes, 2);
        }

        @Override
        public List<String> names() {
            return IntStream.range(0, outputs).mapToObj(Integer::toString).toList();
        }

        @Override
        public LabelColumns.Kind kind() {
            return LabelColumns.Kind.EMBEDDING;
        }

        @Override
        public int labelWidth() {
            return 1;
        }

        @Override
        public boolean isLabelled() {
            return false;
        }

        @Override
        public boolean isOneClass() {
            return false;
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.embedding(this);
        }

        @Override
        public void addTo(Digest digest) {
            digest.add("embedding").add(outputs).addTexts(classes);
        }
    }

    private static List<String> checked(List<String> names, int least) {
        if (names.size() < least) {
            throw new IllegalArgumentException(
                    "a data set needs at least " + least + (least == 1 ? " output" : " classes") + ", has " + names);
        }
        if (new HashSet<>(names).size() < names.size()) {
            throw new IllegalArgumentException("the outputs of a network must differ in their names, were " + names);
        }
        return List.copyOf(names);
    }
}
