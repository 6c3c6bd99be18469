package io.retort.engine.onnx.write;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.retort.engine.onnx.run.OnnxPredictor;
import io.retort.engine.onnx.write.FurtherOutputs.Activation;
import io.retort.engine.onnx.write.FurtherOutputs.Output;
import io.retort.network.Layer;
import io.retort.network.Layer.Bias;
import io.retort.network.Network;
import io.retort.network.Shape;
import io.retort.network.Structure;
import io.retort.network.zoo.PlainNetwork.Mlp;
import io.retort.predict.BatchTensor;
import io.retort.predict.ElementType;
import io.retort.predict.Predictor.Inputs;
import io.retort.predict.Predictor.Outputs;
import io.retort.predict.Predictor.TensorSpec;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FurtherOutputsTest {
    private static final List<String> CLASSES = List.of("red", "\"grün\"", "");
    private static final byte[] MODEL = OnnxModel.bytes(
            Network.initialised(new Mlp(List.of(5)).build(Shape.vector(4), 3), 7), CLASSES, Map.of("seed", "7"));
    private static final EnumSet<Output> BOTH = EnumSet.of(Output.PROBABILITIES, Output.LABEL);

    private static Outputs answers(byte[] model) {
        BatchTensor rows = new BatchTensor(ElementType.FLOAT32, List.of(4), 3);
        rows.putRow(0, new float[] {1, 2, 3, 4}, 0);
        rows.putRow(1, new float[] {-9, 5, 0, 1}, 0);
        rows.putRow(2, new float[] {3, -2, 5, 9}, 0);
        try (OnnxPredictor opened = OnnxPredictor.open(model, List.of(), 1, OnnxPredictor.Kinds.NUMBERS_AND_TEXTS)) {
            return opened.predict(new Inputs(3, Map.of("input", rows)));
        }
    }

    private static void requireAnswers(Outputs answers) {
        float[] logits = answers.of("logits");
        for (int row = 0; row < 3; row++) {
            double sum = 0;
            int best = 0;
            for (int c = 0; c < 3; c++) {
                sum += Math.exp(logits[3 * row + c] - logits[3 * row]);
                best = logits[3 * row + c] > logits[3 * row + best] ? c : best;
            }
            for (int c = 0; c < 3; c++) {
                double expected = Math.exp(logits[3 * row + c] - logits[3 * row]) / sum;
                assertThat((double) answers.of("probabilities")[3 * row + c]).isCloseTo(expected, within(1e-6));
            }
            assertThat(answers.texts().get("label").get(row)).isEqualTo(CLASSES.get(best));
        }
    }

    @Test
    void probabilitiesAndLabelFollowFromTheLogits() {
        Outputs answers = answers(FurtherOutputs.behind(MODEL, BOTH, Activation.SOFTMAX));
        assertThat(answers.of("logits")).isEqualTo(answers(MODEL).of("logits"));
        requireAnswers(answers);
        byte[] several = FurtherOutputs.behind(MODEL, EnumSet.of(Output.PROBABILITIES), Activation.SIGMOID);
        Outputs each = answers(several);
        assertThat(each.texts()).isEmpty();
        for (int i = 0; i < 9; i++) {
            assertThat((double) each.of("probabilities")[i])
                    .isCloseTo(1 / (1 + Math.exp(-each.of("logits")[i])), within(1e-6));
        }
    }

    @Test
    void theFileWithoutThemIsTheSame() {
        assertThat(FurtherOutputs.without(FurtherOutputs.behind(MODEL, BOTH, Activation.SOFTMAX)))
                .isEqualTo(MODEL);
        assertThat(FurtherOutputs.without(MODEL)).isEqualTo(MODEL);
    }

    @Test
    void aReaderOfNumbersSeesNoTexts() {
        byte[] model = FurtherOutputs.behind(MODEL, BOTH, Activation.SOFTMAX);
        try (OnnxPredictor numbers = OnnxPredictor.open(model, 1)) {
            assertThat(numbers.outputs()).extracting(TensorSpec::name).containsExactly("logits", "probabilities");
        }
        assertThat(OnnxModel.classNames(model)).isEqualTo(CLASSES);
    }

    @Test
    void layersMayHaveTheirNames() {
        Structure structure = Structure.from(Shape.vector(4))
                .then("label", new Layer.Dense(5, Bias.PER_CHANNEL))
                .then("probabilities", new Layer.Dense(3, Bias.PER_CHANNEL))
                .build();
        byte[] model = OnnxModel.bytes(Network.initialised(structure, 2), CLASSES, Map.of());
        Outputs answers = answers(FurtherOutputs.behind(model, BOTH, Activation.SOFTMAX));
        assertThat(answers.of("logits")).isEqualTo(answers(model).of("logits"));
        requireAnswers(answers);
    }
}
