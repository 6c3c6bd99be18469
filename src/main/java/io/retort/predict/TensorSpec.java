package io.retort.predict;

import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Collectors;

/**
 * An input or output of a model.
 *
 * @param sizes the first is the batch's; {@value #OPEN} for a size that the model leaves open
 */
public record TensorSpec(String name, ElementType type, List<Integer> sizes) {
    /** A size that each batch may choose. */
    public static final int OPEN = -1;

    public TensorSpec {
        sizes = List.copyOf(sizes);
    }

    /** How many rows each batch must have; nothing where it may have any number. */
    public OptionalInt fixedBatch() {
        return sizes.isEmpty() || sizes.get(0) == OPEN ? OptionalInt.empty() : OptionalInt.of(sizes.get(0));
    }

    /** The sizes without the batch. */
    public List<Integer> rowSizes() {
        return sizes.isEmpty() ? List.of() : sizes.subList(1, sizes.size());
    }

    /** Such as {@code float32 [batch, 1, 28, 28]}; an open size other than the batch is a question mark. */
    public String describe() {
        if (sizes.isEmpty()) {
            return type + " []";
        }
        String batch = fixedBatch().isPresent() ? sizes.get(0).toString() : "batch";
        String rest = rowSizes().stream()
                .map(size -> size == OPEN ? ", ?" : ", " + size)
                .collect(Collectors.joining());
        return type + " [" + batch + rest + "]";
    }
}
