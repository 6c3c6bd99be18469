package io.retort.data.source;

import io.retort.storage.Storage;
import java.util.List;
import java.util.Optional;

/**
 * The columns of a source as its files name them, of its first {@value #MOST_HEADERS} files. Nothing but their headers
 * and footers is read.
 *
 * @param headers in the order of the files; none where the format has no names
 */
public record SourceColumns(ReaderSettings settings, List<Source.Header> headers) {
    private static final int MOST_HEADERS = 64;

    public SourceColumns {
        headers = List.copyOf(headers);
    }

    /** Looks at the headers of a source. */
    public static SourceColumns of(Storage storage, ReaderSettings settings) {
        return new SourceColumns(settings, settings.source(storage).headers(MOST_HEADERS));
    }

    /** The same with exactly these feature columns, where values have names. */
    public SourceColumns withElements(List<String> columns) {
        return new SourceColumns(settings.withElements(columns), headers);
    }

    /** The columns of any file that are taken for nothing. */
    public List<String> ignored() {
        return headers.stream()
                .flatMap(header -> settings.roles(header).ignored().stream())
                .distinct()
                .toList();
    }

    /** What the columns of the first file are taken for; nothing where the format has no names. */
    public Optional<ColumnRoles> roles() {
        return headers.stream().findFirst().map(settings::roles);
    }

    /**
     * The names of a sample's values in order: of the features that are columns each.
     *
     * @throws io.retort.storage.ArtifactException where a column that would be a feature has no name, or that of
     *     another
     */
    public List<String> elements() {
        return headers.stream().findFirst().map(settings::elements).orElseGet(List::of);
    }
}
