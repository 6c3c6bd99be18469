package io.retort.engine.dl4j.kernel;

import static io.retort.engine.dl4j.kernel.Values.dot;
import static io.retort.engine.dl4j.kernel.Values.random;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.FloatBuffer;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class EmbeddingKernelTest {
    private static final int LENGTH = 4;
    private static final int WIDTH = 3;
    private static final int IDS = 6;
    /** The second text has none, the third one token twice. */
    private static final int[] TEXTS = {2, 5, 1, 0, 0, 0, 0, 0, 4, 4, 0, 2};

    @Test
    void matchesTheValuesWorkedOutByHand() {
        FloatBuffer table = FloatBuffer.wrap(new float[] {9, 9, 1, 2, 3, 6});
        int[] ids = {2, 0, 1};
        EmbeddingKernel kernel = new EmbeddingKernel(3, 2, 0);
        float[] rows = new float[6];
        kernel.rows(table, ids, FloatBuffer.wrap(rows));
        assertThat(rows).containsExactly(3, 6, 0, 0, 1, 2); // not the 9s of row 0
        float[] mean = new float[2];
        kernel.means(table, ids, FloatBuffer.wrap(mean));
        assertThat(mean).containsExactly(2, 4); // of two tokens, not of three
    }

    @Test
    void paddingMayHaveAnyId() {
        FloatBuffer table = FloatBuffer.wrap(new float[] {3, 6, 1, 2, 9, 9});
        int[] ids = {0, 2, 1};
        EmbeddingKernel kernel = new EmbeddingKernel(3, 2, 2);
        float[] rows = new float[6];
        kernel.rows(table, ids, FloatBuffer.wrap(rows));
        assertThat(rows).containsExactly(3, 6, 0, 0, 1, 2);
        float[] mean = new float[2];
        kernel.means(table, ids, FloatBuffer.wrap(mean));
        assertThat(mean).containsExactly(2, 4);
        float[] gradient = new float[6];
        kernel.addMeansGradient(FloatBuffer.wrap(new float[] {2, 4}), ids, FloatBuffer.wrap(gradient));
        kernel.addRowsGradient(FloatBuffer.wrap(new float[] {1, 1, 1, 1, 1, 1}), ids, FloatBuffer.wrap(gradient));
        assertThat(gradient).containsExactly(2, 3, 2, 3, 0, 0);
    }

    @Test
    void isTheAdjointOfItself() {
        SplittableRandom random = new SplittableRandom(1);
        float[] table = random(random, IDS * WIDTH, 1);
        EmbeddingKernel kernel = new EmbeddingKernel(LENGTH, WIDTH, 0);
        for (boolean mean : new boolean[] {false, true}) {
            float[] out = new float[(mean ? TEXTS.length / LENGTH : TEXTS.length) * WIDTH];
            float[] outGradient = random(random, out.length, 1);
            float[] gradient = new float[table.length];
            if (mean) {
                kernel.means(FloatBuffer.wrap(table), TEXTS, FloatBuffer.wrap(out));
                kernel.addMeansGradient(FloatBuffer.wrap(outGradient), TEXTS, FloatBuffer.wrap(gradient));
            } else {
                kernel.rows(FloatBuffer.wrap(table), TEXTS, FloatBuffer.wrap(out));
                kernel.addRowsGradient(FloatBuffer.wrap(outGradient), TEXTS, FloatBuffer.wrap(gradient));
            }
            assertThat(dot(out, outGradient)).isCloseTo(dot(table, gradient), within(1e-5));
            assertThat(gradient).startsWith(0, 0, 0); // padding
            for (int d = 3 * WIDTH; d < 4 * WIDTH; d++) {
                assertThat(gradient[d]).isZero(); // an id that does not occur
            }
        }
    }

    @Test
    void refusesWhatIsNoId() {
        assertThat(EmbeddingKernel.ids(new float[] {0, 5}, IDS)).containsExactly(0, 5);
        for (float wrong : new float[] {-1, 6, 2.5f, Float.NaN, Float.POSITIVE_INFINITY}) {
            assertThatThrownBy(() -> EmbeddingKernel.ids(new float[] {wrong}, IDS))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("a token id must be a whole number from 0 to 5, was " + wrong);
        }
    }
}
