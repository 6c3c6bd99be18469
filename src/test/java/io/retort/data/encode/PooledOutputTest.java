package io.retort.data.encode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.retort.data.encode.PooledOutput.Pooling;
import io.retort.data.encode.PooledOutput.Scale;
import io.retort.data.tokenize.TextTokenizer.TextTokens;
import io.retort.data.tokenize.TokenBatch;
import io.retort.predict.Predictor.Outputs;
import io.retort.storage.Digest;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PooledOutputTest {
    /** Two texts of three tokens and one, with vectors of two numbers; 9 is padding. */
    private static final Outputs RIGHT = outputs(1, 2, 3, 4, 5, 12, 3, 4, 9, 9, 9, 9);

    private static final Outputs LEFT = outputs(1, 2, 3, 4, 5, 12, 9, 9, 9, 9, 3, 4);

    @Test
    void takesTheMeanOverTokensWithoutPadding() {
        assertThat(read(Pooling.MEAN, Scale.NONE, RIGHT, false)).containsExactly(3, 6, 3, 4);
        assertThat(read(Pooling.MEAN, Scale.NONE, LEFT, true)).containsExactly(3, 6, 3, 4);
    }

    @Test
    void takesTheFirstToken() {
        assertThat(read(Pooling.FIRST, Scale.NONE, RIGHT, false)).containsExactly(1, 2, 3, 4);
        assertThat(read(Pooling.FIRST, Scale.NONE, LEFT, true)).containsExactly(1, 2, 3, 4);
    }

    @Test
    void dividesByTheLength() {
        float[] read = read(Pooling.FIRST, Scale.UNIT, RIGHT, false);
        assertThat(read)
                .containsExactly(
                        new float[] {(float) (1 / Math.sqrt(5)), (float) (2 / Math.sqrt(5)), 0.6f, 0.8f},
                        within(1e-6f));
    }

    @Test
    void leavesWhatIsPooledAlready() {
        Outputs pooled = new Outputs(2, Map.of("y", new float[] {1, 2, 3, 4}));
        PooledOutput output = new PooledOutput("y", Pooling.NONE, Scale.NONE, 2);
        assertThat(output.read(pooled, batch(false))).containsExactly(1, 2, 3, 4);
        assertThat(new PooledOutput("y", Pooling.NONE, Scale.UNIT, 2).read(pooled, batch(false))[2])
                .isEqualTo(0.6f);
    }

    @Test
    void aTextWithoutTokensIsZero() {
        TokenBatch none = new TokenBatch(new int[] {0}, List.of(tokens(0)), 1, false);
        Outputs outputs = new Outputs(1, Map.of("y", new float[] {7, 7}));
        assertThat(new PooledOutput("y", Pooling.MEAN, Scale.UNIT, 2).read(outputs, none))
                .containsExactly(0, 0);
    }

    /** Patches of a picture, all of which count. */
    @Test
    void takesTheMeanOfAllWhereThereAreNoTokens() {
        assertThat(new PooledOutput("y", Pooling.MEAN, Scale.NONE, 2)
                        .read(outputs(1, 2, 3, 4, 5, 12, 0, 0, 0, 0, 3, 3)))
                .containsExactly(3, 6, 1, 1);
    }

    @Test
    void hasAKeyThatStays() {
        PooledOutput output = new PooledOutput("last_hidden_state", Pooling.MEAN, Scale.UNIT, 384);
        assertThat(new Digest().add(output).key()).isEqualTo("46f5476d30e2adfb24d02c29308488ba");
    }

    private static float[] read(Pooling pooling, Scale scale, Outputs outputs, boolean left) {
        return new PooledOutput("y", pooling, scale, 2).read(outputs, batch(left));
    }

    private static TokenBatch batch(boolean left) {
        return new TokenBatch(new int[] {0, 1}, List.of(tokens(3), tokens(1)), 3, left);
    }

    private static TextTokens tokens(int count) {
        return new TextTokens(new long[count], new long[count], false);
    }

    private static Outputs outputs(float... values) {
        return new Outputs(2, Map.of("y", values));
    }
}
