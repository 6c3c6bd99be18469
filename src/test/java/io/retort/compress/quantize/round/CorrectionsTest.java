package io.retort.compress.quantize.round;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.retort.compress.quantize.CrossLayerEqualisation;
import io.retort.compress.quantize.calibrate.Statistics;
import io.retort.compress.quantize.calibrate.Statistics.ValueStatistics;
import io.retort.engine.onnx.ReferenceNetwork;
import io.retort.network.BatchNormFolding;
import io.retort.network.Layer;
import io.retort.network.Layer.Activate;
import io.retort.network.Layer.Activate.Function;
import io.retort.network.Layer.Bias;
import io.retort.network.Layer.Pool;
import io.retort.network.Network;
import io.retort.network.RandomNetworks;
import io.retort.network.Shape;
import io.retort.network.Structure;
import io.retort.network.Structure.Node;
import io.retort.network.Tensor;
import io.retort.network.int8.AffineCode;
import io.retort.network.int8.Quantization;
import io.retort.network.int8.WeightCodes;
import io.retort.network.zoo.LeNets;
import io.retort.network.zoo.MobileNet;
import io.retort.network.zoo.ResNet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CorrectionsTest {
    static Stream<Structure> topologies() {
        return Stream.of(
                new MobileNet(0.25, List.of(1, 1)).build(Shape.image(3, 8, 8), 4),
                LeNets.ofPaper(Function.RELU, Pool.Kind.AVERAGE).build(Shape.image(1, 12, 12), 4),
                LeNets.ofPaper(Function.TANH, Pool.Kind.MAX).build(Shape.image(1, 12, 12), 4),
                new ResNet.Cifar(1, 4).build(Shape.image(3, 8, 8), 4));
    }

    @ParameterizedTest
    @MethodSource("topologies")
    void equalisationKeepsTheFunction(Structure structure) {
        Network network = BatchNormFolding.fold(RandomNetworks.of(structure, 5));
        Network equalised = CrossLayerEqualisation.of(network);
        float[] pixels = RandomNetworks.pixels(structure.input(), 4, 2);
        float[] expected = new ReferenceNetwork(network).logits(pixels, 4);
        float[] actual = new ReferenceNetwork(equalised).logits(pixels, 4);
        float greatest = 0;
        for (float value : expected) {
            greatest = Math.max(greatest, Math.abs(value));
        }
        assertThat(actual).containsExactly(expected, org.assertj.core.data.Offset.offset(1e-5f * greatest));
        boolean hasPairs = structure.nodes().stream()
                .noneMatch(node -> node.layer() instanceof Activate activate && activate.function() == Function.TANH);
        if (hasPairs) {
            assertThat(equalised).isNotEqualTo(network);
        } else {
            // There is a tanh between any two of its layers.
            assertThat(equalised).isEqualTo(network);
        }
    }

    @Test
    void equalisationMatchesTheValueWorkedOutByHand() {
        Network network = pair(new float[] {8, 0}, new float[] {4, 3}, new float[] {-0.5f, 7});
        // s₁ = √(8 · 0.5) / 0.5 = 4; the second channel has no weights, and stays
        Network equalised = CrossLayerEqualisation.of(network);
        assertThat(equalised.parameter("first/weight").values()).containsExactly(2, 0);
        assertThat(equalised.parameter("first/bias").values()).containsExactly(1, 3);
        assertThat(equalised.parameter("second/weight").values()).containsExactly(-2, 7);
    }

    /** Two dense layers with a ReLU between their two channels. */
    private static Network pair(float[] first, float[] bias, float[] second) {
        Structure structure = Structure.from(Shape.vector(1))
                .then("first", new Layer.Dense(2, Bias.PER_CHANNEL))
                .then("relu", new Activate(Function.RELU))
                .then("second", new Layer.Dense(1, Bias.NONE))
                .build();
        return new Network(
                structure,
                Map.of(
                        "first/weight", new Tensor(List.of(2, 1), first),
                        "first/bias", new Tensor(List.of(2), bias),
                        "second/weight", new Tensor(List.of(1, 2), second)));
    }

    @Test
    void noBiasGrowsBeyondFourTimesTheGreatest() {
        Network network = pair(new float[] {0.0001f, 1}, new float[] {0.5f, 1}, new float[] {1, 1});
        // s₁ would be √(0.0001 · 1) / 1 = 0.01, and the bias 50; with 4 times the greatest bias s₁ is 0.5 / 4
        Network equalised = CrossLayerEqualisation.of(network);
        assertThat(equalised.parameter("first/bias").values()).containsExactly(4, 1);
        assertThat(equalised.parameter("second/weight").values()).containsExactly(0.125f, 1);
    }

    @Test
    void equalisationMakesChannelsEquallyWide() {
        Network network = BatchNormFolding.fold(
                RandomNetworks.of(new MobileNet(0.25, List.of(1, 1)).build(Shape.image(3, 8, 8), 4), 5));
        assertThat(unevenness(CrossLayerEqualisation.of(network))).isLessThan(0.8 * unevenness(network));
    }

    /** The mean of ln(greatest range / range) over the channels of the depthwise layers. */
    private static double unevenness(Network network) {
        double sum = 0;
        int channels = 0;
        for (Node node : network.structure().nodes()) {
            if (node.layer() instanceof Layer.DepthwiseConv) {
                float[] weight = network.parameter(node.parameter("weight")).values();
                double[] ranges = new double[weight.length / 9];
                for (int i = 0; i < weight.length; i++) {
                    ranges[i / 9] = Math.max(ranges[i / 9], Math.abs(weight[i]));
                }
                double greatest = java.util.Arrays.stream(ranges).max().orElseThrow();
                for (double range : ranges) {
                    sum += Math.log(greatest / range);
                    channels++;
                }
            }
        }
        return sum / channels;
    }

    @Test
    void biasCorrectionTakesOutWhatRoundingAddsOnAverage() {
        Network network = RandomNetworks.of(
                Structure.from(Shape.vector(6))
                        .then("dense", new Layer.Dense(3, Bias.PER_CHANNEL))
                        .build(),
                4);
        float[] inputs = RandomNetworks.pixels(Shape.vector(6), 500, 3);
        ValueStatistics statistics = new ValueStatistics(6);
        statistics.add(inputs, Shape.vector(6));
        Quantization coarse = new Quantization(
                Map.of("input", AffineCode.asymmetric(0, 255, 8)),
                Map.of("dense", new WeightCodes(List.of(AffineCode.symmetric(2, 3)))));
        Network corrected = NearestRounding.withCorrectedBiases(
                network, coarse, new Statistics(new TreeMap<>(Map.of("input", statistics))));
        double[] before = meanOutput(network, coarse.weights().get("dense"), inputs, false);
        double[] exact = meanOutput(network, coarse.weights().get("dense"), inputs, true);
        double[] after = meanOutput(corrected, coarse.weights().get("dense"), inputs, false);
        for (int o = 0; o < 3; o++) {
            assertThat(Math.abs(before[o] - exact[o])).isGreaterThan(0.5);
            assertThat(after[o]).isCloseTo(exact[o], within(1e-3));
        }
    }

    private static double[] meanOutput(Network network, WeightCodes codes, float[] inputs, boolean inFloat) {
        Tensor weight = network.parameter("dense/weight");
        float[] weights = (inFloat ? weight : codes.roundTrip(weight)).values();
        double[] means = new double[3];
        for (int i = 0; i < inputs.length; i++) {
            for (int o = 0; o < 3; o++) {
                means[o] += weights[o * 6 + i % 6] * inputs[i] / (inputs.length / 6.0);
            }
        }
        for (int o = 0; o < 3; o++) {
            means[o] += network.parameter("dense/bias").values()[o];
        }
        return means;
    }
}
