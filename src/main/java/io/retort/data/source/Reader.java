package io.retort.data.source;

import io.retort.data.DataType;
import io.retort.data.Numbers;
import io.retort.data.Schema;
import io.retort.data.source.file.Split;
import io.retort.storage.Storage;
import java.io.Serializable;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;

/**
 * Reads rows out of files of one format. What is wrong with a file is an
 * {@link io.retort.storage.ArtifactException} that names it.
 */
public interface Reader extends Serializable {
    /** The source's splits in order, at least one. Each is read by one task. */
    List<Split> splits(Storage storage);

    /** What the samples of all splits have in common; it looks no further than the first sample. */
    Schema schema(Storage storage, List<Split> splits);

    /**
     * The names of the columns of a split's first file in their order, out of its header or footer; none where the
     * format has no names.
     */
    default List<String> header(Storage storage, Split split) {
        return List.of();
    }

    /** Opens a split, whose rows must fit {@code schema}. */
    RowStream open(Storage storage, Split split, Schema schema);

    /** The labels of a split's first rows as they are written, so many at most. */
    List<String> labels(Storage storage, Split split, int most);

    /**
     * Looks at the first samples of the first split and of the last for whole numbers that a 32-bit float does not
     * hold, such as ids that count up.
     *
     * @param most samples of each
     * @return a sentence that warns of the first
     */
    default Optional<String> rounded(Storage storage, int most) {
        List<Split> splits = splits(storage);
        Schema schema = schema(storage, splits);
        if (schema.element() != DataType.FLOAT32) {
            return Optional.empty();
        }
        for (Split split : new LinkedHashSet<>(List.of(splits.get(0), splits.get(splits.size() - 1)))) {
            try (RowStream samples = open(storage, split, schema)) {
                samples.read(most);
                if (samples.rounded().isPresent()) {
                    return samples.rounded().map(found -> found + Numbers.ROUNDED);
                }
            }
        }
        return Optional.empty();
    }

    /** How many samples a split holds. A format that says so in a header or a footer need not be read for that. */
    default long count(Storage storage, Split split, Schema schema) {
        long count = 0;
        try (RowStream samples = open(storage, split, schema)) {
            for (int read = samples.read(1024).count();
                    read > 0;
                    read = samples.read(1024).count()) {
                count += read;
            }
        }
        return count;
    }
}
