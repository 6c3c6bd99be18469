package io.retort.data;

import java.util.Optional;

/** The samples of one split, in a fixed order, in pieces of bounded size. */
public interface SampleStream extends AutoCloseable {
    /** The next samples, {@code most} or, at the end of the split, fewer; none when all have been read. */
    Samples read(int most);

    /** The first whole number so far that a 32-bit float does not hold, with its file, row and column; nothing where there was none. */
    default Optional<String> rounded() {
        return Optional.empty();
    }

    @Override
    void close();
}
