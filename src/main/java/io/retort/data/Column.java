package io.retort.data;

import io.retort.config.Names;
import io.retort.network.Shape;
import io.retort.storage.Digest;
import io.retort.storage.Digest.Fingerprinted;
import java.io.Serializable;
import java.util.List;

/**
 * A named column of rows, and the type of its values. A row keeps a value as it came; encoding it is a model's
 * business.
 */
public sealed interface Column extends Serializable, Fingerprinted {
    String name();

    /** For messages: {@code review (text)}. */
    default String describe() {
        return name() + " (" + type() + ")";
    }

    /** The type in words. */
    String type();

    /**
     * Numbers, equally many in each row: one, a vector, or an image {@code [channels, height, width]}.
     *
     * @param element how each is stored
     * @param parts the name of each number in order; none where numbers have places and no names, as pixels have
     */
    record NumberColumn(String name, DataType element, Shape shape, List<String> parts) implements Column {
        public NumberColumn {
            parts = List.copyOf(parts);
            if (!parts.isEmpty() && parts.size() != shape.elements()) {
                throw new IllegalArgumentException("column " + name + ", whose rows have " + shape.elements()
                        + " values, has " + parts.size() + " names for them");
            }
        }

        /** Bytes of a row. */
        public int bytes() {
            return shape.elements() * element.bytes();
        }

        @Override
        public String type() {
            return Names.kebab(element) + " " + shape;
        }

        @Override
        public void addTo(Digest digest) {
            digest.add("numbers").add(name).add(Names.kebab(element)).add(shape).addTexts(parts);
        }
    }

    /** A text of any length, such as a review or the name of a category; a row may lack it. */
    record TextColumn(String name) implements Column {
        @Override
        public String type() {
            return "text";
        }

        @Override
        public void addTo(Digest digest) {
            digest.add("text").add(name);
        }
    }
}
