package io.retort.data.source;

import io.retort.data.Samples;
import java.util.Optional;

/** The samples of one split, in a fixed order, in pieces of bounded size. */
public interface SampleStream extends AutoCloseable {
    /** The next samples, {@code most} or, at the end of the split, fewer; none when all have been read. */
    Samples read(int most);

    /** The first whole number so far that a 32-bit float does not hold, with its file, row and column; nothing where there was none. */
    default Optional<String> rounded() {
        return Optional.empty();
    }

    /** How many of the samples that were read so far are less than the source has, since they were cut to a sample's length. */
    default long cut() {
        return 0;
    }

    @Override
    void close();
}
