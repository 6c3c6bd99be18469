package io.retort.label;

import io.retort.data.tokenize.TextTokenizer.TextTokens;
import io.retort.data.tokenize.TokenizedTexts;
import io.retort.predict.Model;
import io.retort.predict.Model.ModelHandle;
import io.retort.predict.RowBatch;
import io.retort.storage.Digest;
import java.util.List;
import java.util.Locale;

/** Gives of each row how many tokens a teacher reads of its text, and 1 where there are more of them, or 0. */
public record TextLengths(TokenizedTexts texts) implements ModelHandle {
    @Override
    public String fingerprint() {
        return new Digest().add("text-lengths/1").add(texts).key();
    }

    @Override
    public Model open(int threads) {
        TokenizedTexts.Open open = texts.open();
        return new Model() {
            @Override
            public float[] predict(RowBatch rows) {
                List<TextTokens> tokens = open.tokens(rows);
                float[] values = new float[2 * tokens.size()];
                for (int row = 0; row < tokens.size(); row++) {
                    values[2 * row] = tokens.get(row).count();
                    values[2 * row + 1] = tokens.get(row).truncated() ? 1 : 0;
                }
                return values;
            }

            @Override
            public void close() {
                open.close();
            }
        };
    }

    /** For people, of what it gives. */
    public String describe(float[] values) {
        double sum = 0;
        double most = 0;
        double cut = 0;
        for (int row = 0; row < values.length; row += 2) {
            sum += values[row];
            most = Math.max(most, values[row]);
            cut += values[row + 1];
        }
        int rows = values.length / 2;
        return String.format(
                Locale.ROOT,
                "a text has %.1f tokens on average and %.0f at most; %.1f %% of the texts are cut at %d",
                sum / rows,
                most,
                100 * cut / rows,
                texts.maxLength());
    }
}
