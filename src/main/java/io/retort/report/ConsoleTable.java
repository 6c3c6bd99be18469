package io.retort.report;

import com.github.freva.asciitable.AsciiTable;
import com.github.freva.asciitable.Column;
import com.github.freva.asciitable.HorizontalAlign;
import com.github.freva.asciitable.OverflowBehaviour;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** A table for a terminal: a header, a rule, and one line per row, each column as wide as its widest cell. */
public final class ConsoleTable {
    private final List<Column> columns = new ArrayList<>();
    private final List<String[]> rows = new ArrayList<>();

    /** Adds a column of words. */
    public ConsoleTable left(String header) {
        return column(header, HorizontalAlign.LEFT);
    }

    /** Adds a column of figures. */
    public ConsoleTable right(String header) {
        return column(header, HorizontalAlign.RIGHT);
    }

    /** Adds a row with one cell for each column. */
    public ConsoleTable row(String... cells) {
        if (cells.length != columns.size()) {
            throw new IllegalArgumentException(
                    "a row must have " + columns.size() + " cells, has " + Arrays.toString(cells));
        }
        rows.add(cells.clone());
        return this;
    }

    /** The lines, without one at the end that is empty. */
    public String text() {
        String table = AsciiTable.builder()
                .lineSeparator("\n")
                .border(AsciiTable.BASIC_ASCII_NO_DATA_SEPARATORS_NO_OUTSIDE_BORDER)
                .data(columns.toArray(Column[]::new), rows.toArray(Object[][]::new))
                .asString();
        return table.lines().map(String::stripTrailing).collect(Collectors.joining("\n"));
    }

    private ConsoleTable column(String header, HorizontalAlign align) {
        columns.add(new Column()
                .header(header)
                .headerAlign(align)
                .dataAlign(align)
                .maxWidth(Integer.MAX_VALUE, OverflowBehaviour.CLIP_RIGHT));
        return this;
    }
}
