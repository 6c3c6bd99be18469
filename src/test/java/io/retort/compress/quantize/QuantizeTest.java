package io.retort.compress.quantize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.retort.compress.CalibrationPass;
import io.retort.compress.Compressed;
import io.retort.compress.Compressed.LayerChange;
import io.retort.compress.Compressor;
import io.retort.compress.Compressor.UnreachableException;
import io.retort.compress.Stages;
import io.retort.compress.quantize.QuantizationConfig.Granularity;
import io.retort.compress.quantize.calibrate.Calibrator;
import io.retort.compress.quantize.calibrate.MeanSquaredErrorCalibrator;
import io.retort.compress.quantize.round.AdaptiveRoundingTest;
import io.retort.compress.quantize.round.NearestRounding;
import io.retort.compress.quantize.round.Rounding;
import io.retort.compress.quantize.round.Rounding.Correction;
import io.retort.data.Samples;
import io.retort.data.Target;
import io.retort.data.shard.Dataset;
import io.retort.data.shard.Shard;
import io.retort.data.shard.ShardStore;
import io.retort.data.shard.TestShards;
import io.retort.evaluate.Task;
import io.retort.network.Layer;
import io.retort.network.Mask;
import io.retort.network.Network;
import io.retort.network.RandomNetworks;
import io.retort.network.Shape;
import io.retort.network.Structure;
import io.retort.network.Tensor;
import io.retort.network.int8.AffineCode;
import io.retort.network.int8.AffineCode.Symmetry;
import io.retort.network.int8.Quantization;
import io.retort.network.int8.QuantizationFile;
import io.retort.network.zoo.ConvNet;
import io.retort.network.zoo.PlainNetwork.Mlp;
import io.retort.spark.LocalSpark;
import io.retort.storage.Storage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QuantizeTest {
    private static final Shape SHAPE = Shape.image(1, 12, 12);
    private static final Network NETWORK =
            RandomNetworks.of(new ConvNet(List.of("cbr8", "max", "dws12", "cbr12")).build(SHAPE, 4), 2);
    /** Its labels differ from sample to sample even where all pixels are noise. */
    private static final Network DENSE = RandomNetworks.of(new Mlp(List.of(32, 16)).build(SHAPE, 4), 3);

    private static final LocalCalibration SAMPLES = LocalCalibration.pixels(SHAPE, 4, 60, 60);

    private static Quantize.Settings settings(int weightBits, double agreement, String... except) {
        return new Quantize.Settings(
                100,
                new MeanSquaredErrorCalibrator(),
                Symmetry.ASYMMETRIC,
                new Calibrator.MinMax(),
                Symmetry.SYMMETRIC,
                Granularity.PER_CHANNEL,
                weightBits,
                new NearestRounding(),
                List.of(Correction.BIAS_CORRECTION),
                List.of(except),
                agreement,
                Stages.NO_FLOOR);
    }

    private static Compressed compressed(Quantize.Settings settings, Network network, Mask mask) {
        return settings.create().compress(network, new Compressor.Context(network, mask, 1, 1, 7, SAMPLES));
    }

    @Test
    void tellsWhatBecameOfEachLayer() {
        Compressed compressed = compressed(settings(7, 0, "block3.depthwise.conv"), NETWORK, Mask.none());
        assertThat(compressed.layers())
                .extracting(LayerChange::layer)
                .containsExactly(
                        "block1.conv", "block3.depthwise.conv", "block3.pointwise.conv", "block4.conv", "logits");
        assertThat(compressed.layers().get(0).change())
                .matches(
                        "int8, 8 scales, reads -[0-9.]+ to [0-9.]+; logits [0-9]+\\.[0-9] dB above the error when quantized alone");
        // Steps of 1/63 of the greatest weight, so off by a third of 1/126 of it on average: about 1 % of the norm.
        assertThat(compressed.layers().get(0).error().orElseThrow()).isBetween(0.003, 0.02);
        assertThat(compressed.layers().get(1)).isEqualTo(LayerChange.of("block3.depthwise.conv", "left: in except"));
    }

    @Test
    void theFormIsInt8AndItsFilesAreReadBack() {
        Compressed compressed = compressed(settings(7, 0), NETWORK, Mask.none());
        List<String> classes = QuantizedOnnxTest.names(4);
        byte[] int8 = compressed.form().bytes(compressed.network(), classes, Map.of());
        assertThat(int8.length)
                .isLessThan(io.retort.compress.ExportFormat.FLOAT32.bytes(NETWORK, classes, Map.of()).length);
        assertThat(compressed.form().simulation(compressed.network(), classes)).isPresent();
        byte[] file = compressed.form().files(compressed.network()).get(QuantizationFile.NAME);
        Quantization read = QuantizationFile.read(file, compressed.network(), "q");
        assertThat(io.retort.engine.onnx.write.OnnxModel.quantized(compressed.network(), read, classes, Map.of()))
                .isEqualTo(int8);
    }

    @Test
    void keepsTheWorstLayersInFloatUntilLabelsAgree() {
        Network uneven = withOneWideChannel(DENSE, "hidden2.dense");
        // Per tensor and in 5 bits, the one wide channel leaves nothing of the others.
        Quantize.Settings coarse = new Quantize.Settings(
                100,
                new Calibrator.MinMax(),
                Symmetry.SYMMETRIC,
                new Calibrator.MinMax(),
                Symmetry.SYMMETRIC,
                Granularity.PER_TENSOR,
                5,
                new NearestRounding(),
                List.of(),
                List.of(),
                0.9,
                Stages.NO_FLOOR);
        List<String> kept = compressed(coarse, uneven, Mask.none()).layers().stream()
                .filter(layer -> layer.change().equals("left: float32 for agreement"))
                .map(LayerChange::layer)
                .toList();
        assertThat(kept).containsExactly("hidden2.dense");
    }

    @Test
    void refusesAnAgreementThatCannotBeReached() {
        assertThatThrownBy(() -> compressed(settings(2, 1), DENSE, Mask.none()))
                .hasMessageMatching("agreement is 0\\.\\d{4} with one layer in int8, of 1\\.0000 that must be reached;"
                        + " raise weight-bits, or lower agreement");
    }

    @Test
    void leavesZerosZero() {
        String name = "block4.conv/weight";
        float[] values = NETWORK.parameter(name).values().clone();
        for (int i = 0; i < values.length; i += 3) {
            values[i] = 0;
        }
        Network sparse = Stages.with(NETWORK, name, values);
        Mask mask = Mask.ofZeros(sparse, List.of(name));
        Compressed compressed = compressed(settings(7, 0), sparse, mask);
        assertThat(compressed.mask().count()).isEqualTo(mask.count());
        byte[] file = compressed.form().files(compressed.network()).get(QuantizationFile.NAME);
        Network rounded = QuantizationFile.read(file, compressed.network(), "q").rounded(compressed.network());
        assertThat(mask.applied(rounded)).as("what int8 computes with").isEqualTo(rounded);
    }

    @Test
    void sparkTasksGiveTheCodesOfOneThread(@TempDir Path directory) {
        Storage storage = Storage.of(new Configuration());
        ShardStore shards = new ShardStore(storage, new org.apache.hadoop.fs.Path(directory.toString()));
        List<Shard> written = new ArrayList<>();
        for (Samples samples : SAMPLES.shards()) {
            written.add(TestShards.write(shards, samples));
        }
        Dataset dataset = new Dataset(SAMPLES.shards().get(0).schema(), written);
        CalibrationPass spark = new CalibrationPass(LocalSpark.context(), shards, dataset);
        for (Rounding rounding : List.of(new NearestRounding(), AdaptiveRoundingTest.settings())) {
            Quantizer quantizer =
                    new Quantizer(AdaptiveRoundingTest.coding(7, rounding, List.of(Correction.BIAS_CORRECTION)));
            assertThat(quantizer.quantize(NETWORK, spark, 100)).isEqualTo(quantizer.quantize(NETWORK, SAMPLES, 100));
        }
    }

    @Test
    void fidelityMatchesTheValueWorkedOutByHand() {
        // two samples of two classes; 1 + 9 + 16 + 4 = 30, and (0.5² + 1²) = 1.25; the second sample's label moves
        SignalToNoise fidelity = SignalToNoise.between(
                Task.of(new Target.ClassTarget(List.of("a", "b"))),
                new float[] {1, 3, 4, 2},
                new float[] {1.5f, 3, 4, 5},
                2);
        assertThat(fidelity).isEqualTo(new SignalToNoise(30, 0.25 + 9, 1, 2));
        assertThat(fidelity.agreement()).isEqualTo(0.5);
        assertThat(new SignalToNoise(1000, 10, 1, 1).decibels()).isCloseTo(20, within(1e-9));
    }

    @Test
    void aWideBiasWidensItsWeightsScale() {
        // A channel of almost nothing and a bias of 1: in steps of input scale · weight scale it would be 1e12 and
        // more.
        QuantizationConfig coding = settings(7, 0).coding(List.of());
        var codes = new WeightCoding(coding)
                .codes(new Tensor(List.of(2, 1), new float[] {1e-12f, 1}), new float[] {1, 1}, 0.1f);
        assertThat(1 / (0.1f * codes.of(0).scale())).isLessThan(1 << 30);
        assertThat(codes.of(1).scale()).isEqualTo(1 / 63f);
    }

    @Test
    void weightsOfOneSignGetTheBestSymmetricCode() {
        // In 2 bits the codes are -t, 0 and t. With t = 0.55 what is lost of 0.3, 0.4, 0.5 and 1 is
        // 0.0625 + 0.0225 + 0.0025 + 0.2025 = 0.29, and no other t loses less; with t = 1 it is 0.09 + 0.16 + 0.25.
        QuantizationConfig coding = new QuantizationConfig(
                new Calibrator.MinMax(),
                Symmetry.ASYMMETRIC,
                new MeanSquaredErrorCalibrator(),
                Symmetry.SYMMETRIC,
                Granularity.PER_CHANNEL,
                2,
                new NearestRounding(),
                List.of(),
                List.of());
        for (float sign : new float[] {1, -1}) {
            Tensor weights = new Tensor(List.of(1, 4), new float[] {0.3f * sign, 0.4f * sign, 0.5f * sign, sign});
            AffineCode code =
                    new WeightCoding(coding).codes(weights, new float[0], 1).of(0);
            assertThat(code.zeroPoint()).isZero();
            assertThat((double) code.scale()).isCloseTo(0.55, within(0.01));
        }
    }

    @Test
    void refusesImpossibleSettings() {
        assertThatThrownBy(() -> settings(9, 0)).hasMessage("weight-bits must be from 2 to 8, was 9");
        assertThatThrownBy(() -> settings(7, 1.5)).hasMessage("agreement must be in [0, 1], was 1.5");
        assertThat(settings(7, 0).losses()).isEqualTo(Optional.of(List.of()));
        assertThatThrownBy(() -> new Quantize.Settings(
                        0,
                        new Calibrator.MinMax(),
                        Symmetry.SYMMETRIC,
                        new Calibrator.MinMax(),
                        Symmetry.SYMMETRIC,
                        Granularity.PER_CHANNEL,
                        7,
                        new NearestRounding(),
                        List.of(),
                        List.of(),
                        0,
                        Stages.NO_FLOOR))
                .hasMessage("samples must be at least 1, was 0");
        Structure bare = Structure.from(Shape.image(1, 2, 2))
                .then("logits", new Layer.Flatten())
                .build();
        assertThatThrownBy(() -> settings(7, 0).effect(bare))
                .isInstanceOf(UnreachableException.class)
                .hasMessage("there is no layer that has weights; leave the stage out");
    }

    private static Network withOneWideChannel(Network network, String layer) {
        String name = layer + "/weight";
        float[] values = network.parameter(name).values().clone();
        for (int i = 0; i < values.length / network.parameter(name).sizes().get(0); i++) {
            values[i] = -60 * Math.abs(values[i]); // and its ReLU gives nothing
        }
        return Stages.with(network, name, values);
    }
}
