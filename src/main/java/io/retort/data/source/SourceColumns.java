package io.retort.data.source;

import io.retort.data.source.DateColumn.DatePart;
import io.retort.storage.Storage;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

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

    /**
     * What a reader takes each column of a file for.
     *
     * @param features in the order of the header, or in that of the settings where they name them
     * @param labels the columns of labels; none where labels have a file of their own, or rows have none
     * @param id the column of ids; nothing where ids are made of the file's name and the row
     * @param ignored all other columns of the header
     * @param parts the features that are made of dates
     */
    public record ColumnRoles(
            List<String> features,
            List<String> labels,
            Optional<String> id,
            List<String> ignored,
            List<DatePart> parts) {
        /** Where values have places and no names. */
        static final ColumnRoles NONE = new ColumnRoles(List.of(), List.of(), Optional.empty(), List.of(), List.of());

        public ColumnRoles {
            features = List.copyOf(features);
            labels = List.copyOf(labels);
            ignored = List.copyOf(ignored);
            parts = List.copyOf(parts);
        }

        /**
         * @param further columns that are kept beside the features
         * @param parts of dates, among the features
         */
        static ColumnRoles of(
                List<String> header,
                List<String> features,
                List<String> labels,
                Optional<String> id,
                List<String> further,
                List<DatePart> parts) {
            Set<String> used = new HashSet<>(features);
            parts.forEach(part -> used.add(part.column()));
            used.addAll(further);
            used.addAll(labels);
            id.ifPresent(used::add);
            return new ColumnRoles(
                    features,
                    labels,
                    id,
                    header.stream().filter(name -> !used.contains(name)).toList(),
                    parts);
        }

        /** The column of the header that a feature is, or is made of. */
        public String column(String feature) {
            return DatePart.named(feature, parts).map(DatePart::column).orElse(feature);
        }
    }
}
