package io.retort.data;

import java.util.Optional;

/** The settings of one kind of {@link Reader}. */
public interface ReaderSettings {
    /** Only the first so many samples are taken: for a quick try. */
    Optional<Long> limit();

    Reader reader();
}
