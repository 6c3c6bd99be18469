package io.retort.data.source;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

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
        List<String> features, List<String> labels, Optional<String> id, List<String> ignored, List<DatePart> parts) {
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
