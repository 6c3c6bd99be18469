package io.retort.data.source;

import io.retort.data.Rows;
import io.retort.data.source.frame.FrameRows;
import java.util.Optional;

/**
 * The rows of one file.
 *
 * @param firstId of the file, where ids are made of it and the row
 * @param file is closed after them
 */
record FrameStream(FrameRows rows, long firstId, Runnable file) implements RowStream {
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
}
