package io.retort.data.encode;

import io.retort.config.SettingException;
import io.retort.data.Column;
import io.retort.data.Column.TextColumn;
import io.retort.data.Schema;
import io.retort.data.encode.Encoder.EncoderSettings;
import io.retort.data.encode.RowNumbers.NumberPicks;
import io.retort.predict.ElementType;
import io.retort.predict.Predictor.TensorSpec;
import io.retort.storage.Digest;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Texts as they are, for a model that cuts them into tokens itself or knows categories by name, such as a pipeline of
 * scikit-learn. A row without a text gives an empty one.
 */
public final class TextEncoder implements Encoder {
    private static final long serialVersionUID = 1L;

    /**
     * Kind {@code text}.
     *
     * @param columns of texts, one for each value of the input; none for the one that is called as the input, or else
     *     the only column of the rows
     */
    public record Settings(List<String> columns) implements EncoderSettings {
        public Settings {
            columns = List.copyOf(columns);
        }

        @Override
        public Encoder encoder(Schema rows, TensorSpec input) {
            if (input.type() != ElementType.STRING) {
                throw new SettingException(
                        "kind",
                        "must be tensor or image, for the model's input '" + input.name() + "' is " + input.describe()
                                + " and takes no texts");
            }
            List<String> there = rows.columns().stream()
                    .filter(TextColumn.class::isInstance)
                    .map(Column::name)
                    .toList();
            List<String> read = columns.isEmpty() ? List.of(standard(rows, there, input)) : columns;
            for (String name : read) {
                if (!there.contains(name)) {
                    throw new SettingException(
                            "columns",
                            "there is no column of texts '" + name + "'; there are " + NumberPicks.described(rows));
                }
            }
            return new TextEncoder(read, sizes(input, read.size()));
        }

        private static String standard(Schema rows, List<String> there, TensorSpec input) {
            if (there.contains(input.name())) {
                return input.name();
            } else if (rows.columns().size() == 1 && there.size() == 1) {
                return there.get(0);
            }
            throw new SettingException(
                    "columns",
                    "missing; name the columns of texts that the input '" + input.name() + "' takes, of "
                            + NumberPicks.described(rows));
        }

        private static List<Integer> sizes(TensorSpec input, int count) {
            List<Integer> sizes = input.rowSizes().stream()
                    .map(size -> size == TensorSpec.OPEN ? count : size)
                    .toList();
            if (sizes.stream().reduce(1, Math::multiplyExact) != count) {
                throw new SettingException(
                        "columns",
                        "are " + count + ", but the model's input '" + input.name() + "' is " + input.describe());
            }
            return sizes;
        }

        @Override
        public void addTo(Digest digest) {
            digest.add("text/1").addTexts(columns);
        }
    }

    private final ArrayList<String> columns;
    private final List<Integer> sizes;

    private TextEncoder(List<String> columns, List<Integer> sizes) {
        this.columns = new ArrayList<>(columns);
        this.sizes = sizes;
    }

    @Override
    public List<Integer> sizes() {
        return sizes;
    }

    @Override
    public Work work() {
        return (rows, row, into, at) ->
                IntStream.range(0, columns.size()).forEach(i -> into.putText(at, i, rows.text(columns.get(i), row)));
    }
}
