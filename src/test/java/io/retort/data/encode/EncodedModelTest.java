package io.retort.data.encode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.retort.data.DataType;
import io.retort.data.Schema;
import io.retort.data.encode.EncodedModel.OutputReading;
import io.retort.data.encode.ImageEncoder.Layout;
import io.retort.engine.Tap;
import io.retort.network.Shape;
import io.retort.predict.ElementType;
import io.retort.predict.OutputKind;
import io.retort.predict.Predictor;
import io.retort.predict.Predictor.Inputs;
import io.retort.predict.Predictor.Outputs;
import io.retort.predict.Predictor.TensorSpec;
import io.retort.predict.RowBatch;
import io.retort.storage.Digest;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EncodedModelTest {
    private static final TensorSpec INPUT = new TensorSpec("x", ElementType.FLOAT32, List.of(-1, 2));
    private static final Schema ROWS = new Schema(Shape.vector(2), DataType.FLOAT32, List.of("a", "b"));

    /** Gives its input, doubled, and remembers the sizes of batches. */
    private static final class Doubling implements Predictor {
        private final List<Integer> batches = new ArrayList<>();

        @Override
        public List<TensorSpec> inputs() {
            return List.of(INPUT);
        }

        @Override
        public List<TensorSpec> outputs() {
            return List.of(new TensorSpec("y", ElementType.FLOAT32, List.of(-1, 2)));
        }

        @Override
        public Outputs predict(Inputs inputs) {
            batches.add(inputs.rows());
            ByteBuffer bytes = inputs.tensors().get("x").bytes(0, inputs.rows());
            float[] values = new float[2 * inputs.rows()];
            for (int i = 0; i < values.length; i++) {
                values[i] = 2 * bytes.getFloat(i * Float.BYTES);
            }
            return new Outputs(inputs.rows(), Map.of("y", values));
        }

        @Override
        public void close() {}
    }

    @Test
    void encodesRowsAndReadsAnOutput() {
        Doubling predictor = new Doubling();
        EncodedModel model = model(predictor, output(OutputKind.LOGITS), 10);
        assertThat(model.predict(RowBatch.of(new float[] {1, 2, 3, 4, 99, 99}, 2)))
                .containsExactly(1, 2, 3, 4); // halved, then doubled
        assertThat(model.predict(RowBatch.of(new float[] {5, 6, 7, 8, 9, 10}, 3)))
                .containsExactly(5, 6, 7, 8, 9, 10);
        assertThat(predictor.batches).containsExactly(2, 3);
    }

    @Test
    void showsTheModelNoMoreRowsThanItMaySee() {
        Doubling predictor = new Doubling();
        EncodedModel model = model(predictor, output(OutputKind.LOGITS), 1);
        assertThat(model.predict(RowBatch.of(new float[] {1, 2, 3, 4, 5, 6}, 3)))
                .containsExactly(1, 2, 3, 4, 5, 6);
        assertThat(predictor.batches).containsExactly(1, 1, 1);
    }

    @Test
    void putsClassesInTheDatasOrder() {
        ClassOutput swapped = new ClassOutput(
                "y", OutputKind.LOGITS, 1e-6, new ArrayList<>(List.of(1, 0)), ClassOutput.Form.ONE_OF_SEVERAL);
        assertThat(model(new Doubling(), swapped, 10).predict(RowBatch.of(new float[] {1, 2, 3, 4}, 2)))
                .containsExactly(2, 1, 4, 3);
    }

    @Test
    void makesLogitsOfProbabilities() {
        float[] logits = model(new Doubling(), output(OutputKind.PROBABILITIES), 10)
                .predict(RowBatch.of(new float[] {0.25f, 0}, 1));
        assertThat((double) logits[0]).isCloseTo(Math.log(0.25), within(1e-6));
        assertThat((double) logits[1]).isCloseTo(Math.log(1e-6), within(1e-6));
    }

    @Test
    void averagesTapsByHand() {
        Shape grid = Shape.image(2, 2, 2);
        TapOutput taps = new TapOutput(new ArrayList<>(
                List.of(Tap.features("t", grid, 1, 1), Tap.features("t", grid, 2, 1), Tap.attention("t", grid, 1, 2))));
        float[] tensor = {1, 2, 3, 4, 0, 0, 2, 2};
        float[] read = taps.read(new Outputs(1, Map.of("t", tensor)));
        // The map of attention is [(1+9+0+4)/4, (4+16+0+4)/4] = [3.5, 6], divided by its norm.
        double norm = Math.hypot(3.5, 6);
        assertThat(read)
                .containsExactly(
                        new float[] {2.5f, 1, 1.5f, 3.5f, 0, 2, (float) (3.5 / norm), (float) (6 / norm)},
                        within(1e-6f));
    }

    @Test
    void hasKeysThatStay() {
        assertThat(key(output(OutputKind.LOGITS))).isEqualTo("998882e742dca3031a1281a1edc2e053");
        assertThat(key(output(OutputKind.PROBABILITIES))).isEqualTo("fa231f27d3629238de738b38e16c3fce");
        assertThat(key(new TapOutput(new ArrayList<>(List.of(Tap.features("t", Shape.vector(3), 1, 1))))))
                .isEqualTo("a887eb0753a0262638c2d52c7228a082");
    }

    private static String key(OutputReading reading) {
        return new Digest().add(reading).key();
    }

    private static ClassOutput output(OutputKind kind) {
        return new ClassOutput("y", kind, 1e-6, new ArrayList<>(), ClassOutput.Form.ONE_OF_SEVERAL);
    }

    private static EncodedModel model(Predictor predictor, OutputReading reading, int maxBatch) {
        Encoder half = new TensorEncoder.Settings(List.of(), 2, List.of(), List.of(), Layout.AUTO).encoder(ROWS, INPUT);
        return new EncodedModel(predictor, Map.of("x", half), reading, maxBatch);
    }
}
