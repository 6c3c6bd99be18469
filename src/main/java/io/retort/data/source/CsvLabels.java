package io.retort.data.source;

import io.retort.data.ClassNames;
import io.retort.data.Samples;
import io.retort.data.Schema;
import java.util.List;

/** The labels of an open CSV file. */
final class CsvLabels {
    private static final int NO_COLUMN = -1;

    private final CsvFile file;
    private final ClassNames classes;
    private final int column;

    /** @param named the column that has them; none where no row has a label */
    CsvLabels(CsvFile file, Schema schema, List<String> named) {
        this.file = file;
        this.classes = ClassNames.of(schema);
        this.column = named.isEmpty() ? NO_COLUMN : file.column("label", named.get(0));
    }

    /** The class of the row where the file is; {@link Samples#NO_LABEL} where it has none. */
    int next() {
        if (column == NO_COLUMN || classes.isAbsent(file.text(column))) {
            return Samples.NO_LABEL;
        }
        int index = classes.index(file.text(column));
        if (index < 0) {
            throw file.refuse(column, classes.allowed(), classes.remedy(file.text(column)));
        }
        return index;
    }
}
