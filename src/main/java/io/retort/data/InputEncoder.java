package io.retort.data;

import io.retort.network.Shape;
import io.retort.network.TableEncoding;
import io.retort.network.Vocabulary;
import io.retort.storage.Digest;
import io.retort.storage.Digest.Fingerprinted;
import java.io.Serializable;
import java.util.List;
import java.util.Optional;

/**
 * Makes of rows what a run's own networks take: one tensor of numbers. A teacher from elsewhere has encoders of its own
 * ({@link io.retort.predict.Predictor}) over the same rows.
 */
public interface InputEncoder extends Serializable, Fingerprinted {
    /** Of one row. */
    Shape shape();

    /** How the values are held. */
    DataType element();

    /** Whose ids the values are; {@linkplain Vocabulary#none none} where they are amounts. */
    default Vocabulary vocabulary() {
        return Vocabulary.none();
    }

    /** The same with the ids of another vocabulary. */
    default InputEncoder with(Vocabulary other) {
        return this;
    }

    /** The name of each value in order, or of each column of a table; none where values have places and no names. */
    default List<String> names() {
        return List.of();
    }

    /** How the columns of a table become the values; nothing where a column is the input as it is. */
    default Optional<TableEncoding> table() {
        return Optional.empty();
    }

    /** The columns that are read. */
    List<String> columns();

    /** The stored values of all rows, one row after the other. They may be the rows' own array, and are read only. */
    byte[] encode(Rows rows);

    /** A column of numbers as it is. */
    record Numbers(Column.NumberColumn of) implements InputEncoder {
        @Override
        public Shape shape() {
            return of.shape();
        }

        @Override
        public DataType element() {
            return of.element();
        }

        @Override
        public List<String> names() {
            return of.parts();
        }

        @Override
        public List<String> columns() {
            return List.of(of.name());
        }

        @Override
        public byte[] encode(Rows rows) {
            return rows.numbers(of.name());
        }

        @Override
        public void addTo(Digest digest) {
            digest.add("numbers").add(of.name());
        }
    }
}
