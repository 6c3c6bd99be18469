package io.retort.data;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The settings of one kind of {@link Reader}. */
public interface ReaderSettings {
    /** Only the first so many samples are taken: for a quick try. */
    Optional<Long> limit();

    /** The files, patterns and directories that it is read from, by the setting that names them. */
    Map<String, List<String>> files();

    /** The column of whole numbers that tell the samples apart; nothing where the file's name and the row do. */
    default Optional<String> id() {
        return Optional.empty();
    }

    Reader reader();
}
