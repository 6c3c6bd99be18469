package io.retort.data.source;

import io.retort.data.Rows;
import io.retort.data.Schema;
import io.retort.data.source.file.SourceFiles.Split;
import io.retort.data.source.frame.FrameRows;
import io.retort.storage.Storage;
import java.io.Serializable;
import java.util.List;
import java.util.Optional;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

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
     * Goes through the classes of a split's first rows, so many at most, whose labels are classes. Formats whose labels
     * are columns read no others.
     *
     * @param onClass takes the index of a row's class, or {@link io.retort.data.Labels#NONE}
     * @return how many rows there were
     */
    default long classes(Storage storage, Split split, Schema schema, long most, IntConsumer onClass) {
        long count = 0;
        try (RowStream samples = open(storage, split, schema)) {
            for (Rows rows = samples.read((int) Math.min(1024, most));
                    rows.count() > 0;
                    rows = samples.read((int) Math.min(1024, most - count))) {
                IntStream.range(0, rows.count()).map(rows.labels()::classOf).forEach(onClass);
                count += rows.count();
            }
        }
        return count;
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

    /** The rows of one split, in a fixed order, in pieces of bounded size. */
    interface RowStream extends AutoCloseable {
        /** The next rows, {@code most} or, at the end of the split, fewer; none when all have been read. */
        Rows read(int most);

        /**
         * The first whole number so far that a 32-bit float does not hold, with its file, row and column; nothing where
         * there was none.
         */
        default Optional<String> rounded() {
            return Optional.empty();
        }

        /** Bad rows so far that the settings had dropped. */
        default long dropped() {
            return 0;
        }

        @Override
        void close();

        /**
         * The rows of one file.
         *
         * @param firstId of the file, where ids are made of it and the row
         * @param file is closed after them
         */
        static RowStream of(FrameRows rows, long firstId, Runnable file) {
            return new RowStream() {
                @Override
                public Rows read(int most) {
                    return rows.next(firstId, most);
                }

                @Override
                public Optional<String> rounded() {
                    return rows.rounded();
                }

                @Override
                public void close() {
                    file.run();
                }
            };
        }
    }
}
