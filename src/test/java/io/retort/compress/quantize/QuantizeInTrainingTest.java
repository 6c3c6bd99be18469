package io.retort.compress.quantize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.retort.compress.Compressed;
import io.retort.compress.Compressed.LayerChange;
import io.retort.compress.Compressor;
import io.retort.compress.Stages;
import io.retort.compress.quantize.calibrate.MeanSquaredErrorCalibrator;
import io.retort.distill.loss.LossSettings;
import io.retort.engine.onnx.run.OnnxSession;
import io.retort.engine.onnx.write.OnnxModel;
import io.retort.export.Parity;
import io.retort.network.BatchNormFolding;
import io.retort.network.Mask;
import io.retort.network.Network;
import io.retort.network.NetworkFiles;
import io.retort.network.RandomNetworks;
import io.retort.network.Shape;
import io.retort.network.Tensor;
import io.retort.network.int8.AffineCode.Symmetry;
import io.retort.network.int8.Quantization;
import io.retort.network.int8.QuantizationFile;
import io.retort.network.zoo.ConvNet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class QuantizeInTrainingTest {
    private static final Shape SHAPE = Shape.image(1, 12, 12);
    private static final Network NETWORK =
            RandomNetworks.of(new ConvNet(List.of("cbr8", "max", "dws12", "cbr12")).build(SHAPE, 4), 2);
    private static final LocalCalibration SAMPLES = LocalCalibration.pixels(SHAPE, 4, 60, 60);

    private static QuantizeInTraining.Settings settings(Optional<List<LossSettings>> losses) {
        return new QuantizeInTraining.Settings(
                100,
                new MeanSquaredErrorCalibrator(),
                Symmetry.ASYMMETRIC,
                7,
                Stages.training(),
                0,
                losses,
                Stages.NO_FLOOR);
    }

    private static Compressed compressed(Network network, Mask mask) {
        return settings(Optional.empty())
                .create()
                .compress(network, new Compressor.Context(network, mask, 1, 1, 7, SAMPLES));
    }

    /** What the quantizer without training, without corrections, makes of the same network. */
    private static Quantizer.Quantized withoutTraining() {
        return new Quantizer(settings(Optional.empty()).coding()).quantize(NETWORK, SAMPLES, 100);
    }

    @Test
    void trainingThatMovesNothingLeavesWhatTheQuantizerMakes() {
        Compressed before = compressed(NETWORK, Mask.none());
        Compressed after = before.with(before.network());
        assertThat(after.network()).isEqualTo(withoutTraining().network());
        Quantization learned = QuantizationFile.read(
                after.form().files(after.network()).get(QuantizationFile.NAME), after.network(), "q");
        Quantization expected = withoutTraining().quantization();
        assertThat(learned.weights().keySet()).isEqualTo(expected.weights().keySet());
        assertThat(learned.values().keySet()).isEqualTo(expected.values().keySet());
        learned.values().forEach((value, code) -> {
            assertThat(code.zeroPoint()).isEqualTo(expected.values().get(value).zeroPoint());
            // the scale went through a logarithm and back
            assertThat((double) code.scale())
                    .isCloseTo(expected.values().get(value).scale(), within(1e-5 * code.scale()));
        });
    }

    @Test
    void whatIsTrainedIsTheFoldedNetworkWithRoundingBuiltIn() {
        Compressed before = compressed(NETWORK, Mask.none());
        assertThat(before.network().structure().nodes().stream()
                        .filter(node -> node.name().endsWith(".rounded"))
                        .map(node -> node.inputs().get(0)))
                .contains("input", "block1.relu")
                .doesNotContain(
                        "logits", "block2.max"); // logits stay float32, and a maximum keeps the code of what it reads
        assertThat(NetworkFiles.fingerprint(before.with(before.network()).network()))
                .isEqualTo(NetworkFiles.fingerprint(BatchNormFolding.fold(NETWORK)));
    }

    @Test
    void whatIsTrainedComputesWhatIsSimulated() {
        Compressed before = compressed(NETWORK, Mask.none());
        Compressed after = before.with(before.network());
        // The export of the network in training has its own weights; the simulation those that int8 leaves.
        Network rounded = withWeightsOf(before.network(), rounded(after));
        float[] pixels = RandomNetworks.pixels(SHAPE, 100, 5);
        byte[] simulation = after.form()
                .simulation(after.network(), QuantizedOnnxTest.names(4))
                .orElseThrow();
        try (OnnxSession trained = OnnxSession.open(OnnxModel.bytes(rounded, QuantizedOnnxTest.names(4), Map.of()), 1);
                OnnxSession simulated = OnnxSession.open(simulation, 1)) {
            Parity parity = Parity.between(
                    trained, simulated, List.of(new Parity.Batch(pixels, 100)).iterator());
            assertThat(parity.labelAgreement()).isEqualTo(1);
            assertThat(parity.greatestRelativeDifference())
                    .as("some steps of 1/255 at borders between codes")
                    .isLessThan(0.01);
        }
    }

    private static Network rounded(Compressed after) {
        Quantization quantization = QuantizationFile.read(
                after.form().files(after.network()).get(QuantizationFile.NAME), after.network(), "q");
        return quantization.rounded(after.network());
    }

    private static Network withWeightsOf(Network rounding, Network weights) {
        Map<String, Tensor> parameters = new HashMap<>(rounding.parameters());
        parameters.putAll(weights.parameters());
        return new Network(rounding.structure(), parameters);
    }

    @Test
    void tellsWhatBecameOfEachLayer() {
        Compressed before = compressed(NETWORK, Mask.none());
        List<LayerChange> layers = before.with(before.network()).layers();
        assertThat(layers)
                .extracting(LayerChange::layer)
                .containsExactly(
                        "block1.conv", "block3.depthwise.conv", "block3.pointwise.conv", "block4.conv", "logits");
        assertThat(layers.get(0).change())
                .matches("int8, 8 scales, reads -[0-9.]+ to [0-9.]+; before training -[0-9.]+ to [0-9.]+");
    }

    @Test
    void keepsZerosWhereEarlierStagesPutThem() {
        String name = "block4.conv/weight";
        float[] values = NETWORK.parameter(name).values().clone();
        for (int i = 0; i < values.length; i += 3) {
            values[i] = 0;
        }
        Network sparse = Stages.with(NETWORK, name, values);
        Mask mask = Mask.ofZeros(sparse, List.of(name));
        Compressed before = compressed(sparse, mask);
        assertThat(before.mask().count()).isEqualTo(mask.count());
        Compressed after = before.with(before.network());
        assertThat(after.mask().count()).isEqualTo(mask.count());
        Network rounded = rounded(after);
        assertThat(mask.applied(rounded)).as("what int8 computes with").isEqualTo(rounded);
    }

    @Test
    void refusesToTrainNothing() {
        assertThatThrownBy(() -> settings(Optional.of(List.of())))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "losses must not be empty, since it is training that quantizes; use kind quantize to train nothing");
    }
}
