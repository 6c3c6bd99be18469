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
public record SourceColumns(ReaderSettings settings, List<Header> headers) {
    private static final int MOST_HEADERS = 64;

    public SourceColumns {
        headers = List.copyOf(headers);
    }

    /** The names of a file's columns in their order. */
    public record Header(String file, List<String> columns) {
        public Header {
            columns = List.copyOf(columns);
        }
    }

    /** Looks at the headers of a source. */
    public static SourceColumns of(Storage storage, ReaderSettings settings) {
        Reader reader = settings.reader();
        return new SourceColumns(
                settings,
                reader.splits(storage).stream()
                        .limit(MOST_HEADERS)
                        .map(split -> new Header(split.files().get(0).name(), reader.header(storage, split)))
                        .filter(header -> !header.columns().isEmpty())
                        .toList());
    }

    /** The same with exactly these feature columns, where values have names. */
    public SourceColumns withElements(List<String> columns) {
        return new SourceColumns(settings.withElements(columns), headers);
    }

    /** The columns of any file that are taken for nothing. */
    public List<String> ignored() {
        return headers.stream()
                .flatMap(header -> settings.roles(header.columns()).ignored().stream())
                .distinct()
                .toList();
    }

    /** What the columns of the first file are taken for; nothing where the format has no names. */
    public Optional<ColumnRoles> roles() {
        return headers.stream().findFirst().map(header -> settings.roles(header.columns()));
    }

    /**
     * The names of a sample's values in order: of the features that are columns each.
     *
     * @throws io.retort.storage.ArtifactException where a column that would be a feature has no name, or that of
     *     another
     */
    public List<String> elements() {
        return headers.stream()
                .findFirst()
                .map(header -> settings.elements(header.file(), header.columns()))
                .orElseGet(List::of);
    }
}
