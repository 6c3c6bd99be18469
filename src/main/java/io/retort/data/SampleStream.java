package io.retort.data;

/** The samples of one split, in a fixed order, in pieces of bounded size. */
public interface SampleStream extends AutoCloseable {
    /** The next samples, {@code most} or, at the end of the split, fewer; none when all have been read. */
    Samples read(int most);

    @Override
    void close();
}
