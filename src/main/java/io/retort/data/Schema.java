package io.retort.data;

import io.retort.network.Shape;
import io.retort.network.Signature;
import io.retort.network.Vocabulary;
import io.retort.storage.Digest;
import io.retort.storage.Digest.Fingerprinted;
import java.io.Serializable;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What all rows of a data set have in common.
 *
 * @param columns of a row, as they came
 * @param target what a row's label is
 * @param input what the run's own networks take of a row
 */
public record Schema(List<Column> columns, Target target, InputEncoder input) implements Serializable, Fingerprinted {
    /** The name of a column of numbers that has none in its source. */
    public static final String FEATURES = "features";

    /** The schema of rows that have one column of numbers, which networks take as it is. */
    public Schema(Column.NumberColumn column, Target target) {
        this(List.of(column), target, new InputEncoder.Numbers(column));
    }

    /** The schema of rows whose features are numbers without names. */
    public Schema(Shape shape, DataType element, Target target) {
        this(new Column.NumberColumn(FEATURES, element, shape, List.of()), target);
    }

    /** The schema of rows of several classes whose features are numbers without names. */
    public Schema(Shape shape, DataType element, List<String> classNames) {
        this(shape, element, new Target.ClassTarget(classNames));
    }

    public Schema {
        columns = List.copyOf(columns);
        Set<String> names = new HashSet<>();
        for (Column column : columns) {
            if (!names.add(column.name())) {
                throw new IllegalArgumentException("columns must differ in their names, but two are " + column.name());
            }
        }
        for (String column : input.columns()) {
            Rows.place(columns, column);
        }
    }

    /** The same with another vocabulary. */
    public Schema with(Vocabulary other) {
        return new Schema(columns, target, input.with(other));
    }

    /** The same with what another encoder makes of its rows. */
    public Schema with(InputEncoder other) {
        return new Schema(columns, target, other);
    }

    /** The same with another target. */
    public Schema with(Target other) {
        return new Schema(columns, other, input);
    }

    /** Rows as the run's own networks take them. */
    public Samples encode(Rows rows) {
        return new Samples(this, rows.ids(), rows.labels(), input.encode(rows));
    }

    /** The shape of a network's input. */
    public Shape shape() {
        return input.shape();
    }

    /** How a network's input is held. */
    public DataType element() {
        return input.element();
    }

    /** Whose ids a network takes; {@linkplain Vocabulary#none none} where it takes amounts. */
    public Vocabulary vocabulary() {
        return input.vocabulary();
    }

    /** What a network that learns from such samples calls its inputs and outputs. */
    public Signature signature() {
        return new Signature(input.names(), named(classNames()), input.table());
    }

    /** Class names that say more than the index of each; otherwise none. */
    public static List<String> named(List<String> classNames) {
        return ClassNames.areIndices(classNames) ? List.of() : classNames;
    }

    /** Whether networks take the ids of texts. */
    public boolean hasTexts() {
        return !vocabulary().isNone();
    }

    /** What rows are called: texts, images, or only samples. */
    public String noun() {
        return hasTexts() ? "texts" : shape().isImage() ? "images" : "rows";
    }

    /** The outputs of a network by name. */
    public List<String> classNames() {
        return target.names();
    }

    /** How many outputs a network has. */
    public int classes() {
        return target.outputs();
    }

    /** Bytes of one row of a network's input. */
    public int featureBytes() {
        return shape().elements() * element().bytes();
    }

    /** Bytes of a row of all columns, as far as they are known before the rows are read. */
    public int rowBytes() {
        return columns.stream()
                .mapToInt(column -> column instanceof Column.NumberColumn numbers ? numbers.bytes() : 0)
                .sum();
    }

    @Override
    public void addTo(Digest digest) {
        digest.add("schema/2").addAll(columns).add(target).add(input);
    }
}
