package io.retort.data.source;

import io.retort.data.Rows;
import io.retort.data.source.frame.FrameRows;
import java.util.Optional;

/** The rows of one split, in a fixed order, in pieces of bounded size. */
public interface RowStream extends AutoCloseable {
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
