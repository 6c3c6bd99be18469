package io.retort.report;

import java.util.List;

/**
 * A page of charts and tables.
 *
 * @param notes below the title, a paragraph each
 * @param recipe pretty
 */
public record ChartPage(String title, List<String> notes, List<CostChart> charts, List<Table> tables, String recipe) {
    /**
     * A table.
     *
     * @param rows with a cell for each heading
     */
    public record Table(String title, List<String> headings, List<List<String>> rows) {}
}
