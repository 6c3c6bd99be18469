package io.retort.engine.onnx.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.retort.engine.Softmax;
import io.retort.engine.onnx.ForeignTeachers;
import io.retort.engine.onnx.run.OnnxSession.Optimisation;
import io.retort.predict.BatchTensor;
import io.retort.predict.ElementType;
import io.retort.predict.Predictor.Inputs;
import io.retort.predict.Predictor.Outputs;
import io.retort.predict.Predictor.TensorSpec;
import io.retort.storage.ArtifactException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class OnnxPredictorTest {
    private static final int PIXELS = 28 * 28;

    @Test
    void namesInputsAndOutputs() {
        try (OnnxPredictor predictor = OnnxPredictor.open(ForeignTeachers.model("uint8-nhwc-probabilities.onnx"), 1)) {
            assertThat(predictor.inputs())
                    .containsExactly(new TensorSpec("image", ElementType.UINT8, List.of(-1, 28, 28, 1)));
            assertThat(predictor.outputs())
                    .containsExactly(new TensorSpec("softmax", ElementType.FLOAT32, List.of(-1, 10)));
            assertThat(predictor.inputs().get(0).describe()).isEqualTo("uint8 [batch, 28, 28, 1]");
        }
    }

    @Test
    void givesWhatAnotherRuntimeGives() {
        assertClose(answers("one-file.onnx", unit(ForeignTeachers.IMAGES), 16), ForeignTeachers.logits(), 1e-4);
    }

    @Test
    void readsWeightsBesideTheModel() {
        assertThat(ForeignTeachers.model("two-files.onnx").dataFiles()).containsExactly("two-files.onnx.data");
        assertClose(answers("two-files.onnx", unit(16), 16), ForeignTeachers.logits(), 1e-4);
    }

    @Test
    void fillsAFixedBatchAndCutsIt() {
        float[] all = answers("one-file.onnx", unit(16), 16);
        for (int rows : new int[] {1, 4, 6, 16}) {
            float[] some = answers("batch-of-4.onnx", unit(rows), rows);
            assertClose(some, Arrays.copyOf(all, rows * 10), 1e-4);
        }
    }

    @Test
    void feedsBytes() {
        float[] probabilities = answers("uint8-nhwc-probabilities.onnx", ForeignTeachers.images(), 16);
        float[] logits = ForeignTeachers.logits();
        double[] wide = new double[logits.length];
        Arrays.setAll(wide, i -> logits[i]);
        double[] expected = Softmax.rows(wide, 10, 1);
        for (int i = 0; i < expected.length; i++) {
            assertThat((double) probabilities[i]).isCloseTo(expected[i], within(1e-5));
        }
    }

    @Test
    void feedsAndReadsHalves() {
        assertClose(answers("float16.onnx", unit(16), 16), ForeignTeachers.logits(), 0.05);
    }

    @Test
    void readsATensorInsideOfTheModelBesideItsOutput() {
        ForeignModel model = ForeignTeachers.model("two-files.onnx");
        List<String> tensors = model.tensors();
        String beforeTheHead = tensors.get(tensors.size() - 2); // [batch, 64], which the last layer reads
        try (OnnxPredictor predictor =
                OnnxPredictor.open(model, List.of("linear", beforeTheHead), 1, Optimisation.ALL)) {
            Outputs outputs = predictor.predict(inputs(predictor, unit(3), 3));
            assertThat(outputs.width(beforeTheHead)).isEqualTo(64);
            assertClose(outputs.of("linear"), Arrays.copyOf(ForeignTeachers.logits(), 30), 1e-4);
        }
    }

    @Test
    void refusesAnOutputThatIsNotThere() {
        assertThatThrownBy(() -> OnnxPredictor.open(
                        ForeignTeachers.model("one-file.onnx"), List.of("liner"), 1, Optimisation.ALL))
                .isInstanceOf(ArtifactException.class)
                .hasMessage("one-file.onnx has no output 'liner'; did you mean 'linear'?");
        assertThatThrownBy(() -> OnnxPredictor.open(
                        ForeignTeachers.model("one-file.onnx"), List.of("probabilities"), 1, Optimisation.ALL))
                .isInstanceOf(ArtifactException.class)
                .hasMessageContaining("its outputs are [linear]");
    }

    @Test
    void servesManyThreadsAtOnce() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try (OnnxPredictor predictor = OnnxPredictor.open(ForeignTeachers.model("one-file.onnx"), 1)) {
            List<Future<float[]>> answers = new ArrayList<>();
            for (int task = 0; task < 40; task++) {
                int rows = 1 + task % 5;
                answers.add(threads.submit(() ->
                        predictor.predict(inputs(predictor, unit(rows), rows)).of("linear")));
            }
            for (Future<float[]> answer : answers) {
                float[] found = answer.get();
                assertClose(found, Arrays.copyOf(ForeignTeachers.logits(), found.length), 1e-4);
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void failsAfterItIsClosed() {
        OnnxPredictor predictor = OnnxPredictor.open(ForeignTeachers.model("one-file.onnx"), 1);
        Inputs inputs = inputs(predictor, unit(1), 1);
        predictor.close();
        predictor.close();
        assertThatThrownBy(() -> predictor.predict(inputs)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void seesThatDynamicQuantizationMixesRows() {
        assertThat(ForeignTeachers.model("dynamic-int8.onnx").facts().batchDependent())
                .containsExactly("DynamicQuantizeLinear");
        assertThat(ForeignTeachers.model("one-file.onnx").facts().batchDependent())
                .isEmpty();
    }

    private static float[] answers(String name, float[] values, int rows) {
        try (OnnxPredictor predictor = OnnxPredictor.open(ForeignTeachers.model(name), 1)) {
            Outputs outputs = predictor.predict(inputs(predictor, values, rows));
            return outputs.of(predictor.outputs().get(0).name());
        }
    }

    private static Inputs inputs(OnnxPredictor predictor, float[] values, int rows) {
        TensorSpec input = predictor.inputs().get(0);
        BatchTensor tensor = new BatchTensor(input.type(), input.rowSizes(), rows);
        for (int row = 0; row < rows; row++) {
            tensor.putRow(row, values, row * PIXELS);
        }
        return new Inputs(rows, Map.of(input.name(), tensor));
    }

    private static float[] unit(int rows) {
        float[] pixels = Arrays.copyOf(ForeignTeachers.images(), rows * PIXELS);
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] /= 255;
        }
        return pixels;
    }

    private static void assertClose(float[] found, float[] expected, double tolerance) {
        assertThat(found).hasSameSizeAs(expected);
        for (int i = 0; i < found.length; i++) {
            assertThat((double) found[i]).isCloseTo(expected[i], within(tolerance));
        }
    }
}
