package io.retort.data.encode;

import io.retort.config.SettingException;
import io.retort.data.Column;
import io.retort.data.Column.NumberColumn;
import io.retort.data.Schema;
import io.retort.network.TableEncoding;
import io.retort.predict.RowBatch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Columns of a table as a {@link TableEncoding} of its own has them: missing numbers filled in, with indicators, and
 * categories one-hot, with a place for values that are not in the dictionary.
 */
public final class TablePicks implements RowNumbers {
    private static final long serialVersionUID = 1L;

    private final TableEncoding encoding;
    private final ArrayList<String> named;

    /** The places of the columns that are read, in the encoding. */
    private final ArrayList<Integer> numbers = new ArrayList<>();

    private final ArrayList<Integer> indicators = new ArrayList<>();
    private final ArrayList<Integer> categories = new ArrayList<>();
    private final ArrayList<Integer> unknown = new ArrayList<>();

    /** Of each category that is read, the place of each of its values among the numbers. */
    private final ArrayList<HashMap<String, Integer>> elements = new ArrayList<>();

    private final int count;

    private TablePicks(TableEncoding encoding, List<String> named) {
        this.encoding = encoding;
        this.named = new ArrayList<>(named);
        for (int i = 0; i < encoding.numbers().size(); i++) {
            if (named.contains(encoding.numbers().get(i).name())) {
                numbers.add(i);
                if (encoding.numbers().get(i).indicator()) {
                    indicators.add(i);
                }
            }
        }
        int width = numbers.size() + indicators.size();
        for (int c = 0; c < encoding.categories().size(); c++) {
            TableEncoding.Category category = encoding.categories().get(c);
            if (named.contains(category.name())) {
                categories.add(c);
                HashMap<String, Integer> places = new HashMap<>();
                for (String value : category.values()) {
                    places.put(value, width + 1 + places.size());
                }
                elements.add(places);
                unknown.add(width + TableEncoding.UNKNOWN);
                width += 1 + category.values().size();
            }
        }
        this.count = width;
    }

    /**
     * Columns whose rows were not looked at yet.
     *
     * @param names of single numbers and of columns of texts, which stand for one of several values each; none for all
     *     columns of a table
     * @return nothing where rows are no table and only numbers are named
     * @throws SettingException where a name stands for nothing
     */
    public static Optional<TablePicks> of(Schema rows, List<String> names) {
        List<String> texts = rows.columns().stream()
                .filter(Column.TextColumn.class::isInstance)
                .map(Column::name)
                .toList();
        Optional<TableEncoding> table = rows.input().table();
        if (table.isEmpty() && names.stream().noneMatch(texts::contains)) {
            return Optional.empty();
        }
        List<String> parts = rows.columns().stream()
                .filter(column -> column.name().equals(Schema.FEATURES))
                .flatMap(column -> column instanceof NumberColumn numbers ? numbers.parts().stream() : Stream.of())
                .toList();
        List<String> read = names.isEmpty() ? table.orElseThrow().columns() : names;
        for (String name : read) {
            if (!parts.contains(name) && !texts.contains(name)) {
                throw new SettingException(
                        "columns",
                        "there is no number or text '" + name + "'; there are " + NumberPicks.described(rows));
            }
        }
        return Optional.of(new TablePicks(
                TableEncoding.unfitted(
                        parts, texts.stream().filter(read::contains).toList()),
                read));
    }

    /** Whether a column is read. */
    public boolean reads(String column) {
        return named.contains(column);
    }

    /** What is to be fitted. */
    public TableInput unfitted() {
        return new TableInput(encoding, false);
    }

    /** The same columns, fitted. */
    public TablePicks with(TableInput fitted) {
        return new TablePicks(fitted.encoding(), named);
    }

    /** How the columns were fitted. */
    public TableEncoding encoding() {
        return encoding;
    }

    @Override
    public int count() {
        return count;
    }

    @Override
    public void copy(RowBatch rows, int row, float[] values) {
        Arrays.fill(values, 0, count, 0);
        int at = 0;
        if (!numbers.isEmpty()) {
            float[] all = rows.numbers(Schema.FEATURES);
            int first = row * encoding.numbers().size();
            for (int i : numbers) {
                float number = all[first + i];
                values[at++] =
                        Float.isNaN(number) ? (float) encoding.numbers().get(i).mean() : number;
            }
            for (int i : indicators) {
                values[at++] = Float.isNaN(all[first + i]) ? 1 : 0;
            }
        }
        for (int c = 0; c < categories.size(); c++) {
            Map<String, Integer> places = elements.get(c);
            String text = rows.text(encoding.categories().get(categories.get(c)).name(), row);
            values[places.getOrDefault(text, unknown.get(c))] = 1;
        }
    }
}
