package io.retort.network.int8;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.retort.network.Layer;
import io.retort.network.Layer.Bias;
import io.retort.network.Network;
import io.retort.network.RandomNetworks;
import io.retort.network.Shape;
import io.retort.network.Structure;
import io.retort.network.Tensor;
import io.retort.storage.ArtifactException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class QuantizationTest {
    private static final Network NETWORK = network(1);
    private static final AffineCode HALVES = new AffineCode(0.5f, 3, -128, 127);
    private static final WeightCodes PER_CHANNEL =
            new WeightCodes(List.of(AffineCode.symmetric(127, 8), AffineCode.symmetric(0.1, 8)));
    private static final Quantization QUANTIZATION =
            new Quantization(Map.of("input", HALVES), Map.of("dense", PER_CHANNEL));

    private static Network network(long seed) {
        return RandomNetworks.of(
                Structure.from(Shape.vector(3))
                        .then("dense", new Layer.Dense(2, Bias.PER_CHANNEL))
                        .build(),
                seed);
    }

    @Test
    void codesEachOutputChannelByItself() {
        Tensor weight = new Tensor(List.of(2, 3), new float[] {1.2f, -127, 500, 0.1f, -0.05f, 0});
        // steps of 1, and of 0.1 / 127: −0.05 is −63.5 of these, to even −64
        assertThat(PER_CHANNEL.quantize(weight)).containsExactly(1, -127, 127, 127, -64, 0);
        assertThat(new WeightCodes(List.of(AffineCode.symmetric(127, 8))).quantize(weight))
                .containsExactly(1, -127, 127, 0, 0, 0);
    }

    @Test
    void codesBiasesInStepsOfInputTimesWeight() {
        Tensor bias = new Tensor(List.of(2), new float[] {3.2f, 1});
        // steps of 0.5 · 1, and of 0.5 · 0.1 / 127 = 0.000393700...; 1 is 2540 of these
        assertThat(QUANTIZATION.quantizeBias(NETWORK.structure().output(), bias))
                .containsExactly(6, 2540);
        assertThat(QUANTIZATION.roundTripBias(NETWORK.structure().output(), bias)
                        .values()[0])
                .isEqualTo(3);
    }

    @Test
    void roundsTheParametersOfQuantizedLayersOnly() {
        assertThat(Quantization.none().rounded(NETWORK)).isEqualTo(NETWORK);
        Network rounded = QUANTIZATION.rounded(NETWORK);
        assertThat(rounded).isNotEqualTo(NETWORK);
        assertThat(QUANTIZATION.rounded(rounded)).isEqualTo(rounded);
        assertThat(Quantization.none().keptInFloat(NETWORK)).containsExactly("dense");
        assertThat(QUANTIZATION.keptInFloat(NETWORK)).isEmpty();
    }

    @Test
    void isTheSameAfterSaving() {
        byte[] bytes = QuantizationFile.bytes(NETWORK, QUANTIZATION);
        assertThat(QuantizationFile.read(bytes, NETWORK, "q.json")).isEqualTo(QUANTIZATION);
        assertThat(QuantizationFile.bytes(NETWORK, QUANTIZATION)).isEqualTo(bytes);
        assertThat(new String(bytes, StandardCharsets.UTF_8))
                .contains("\"zero-point\" : 3")
                .doesNotContain("retort");
    }

    @Test
    void isReadBesideItsOwnNetworkOnly() {
        String text = new String(QuantizationFile.bytes(NETWORK, QUANTIZATION), StandardCharsets.UTF_8);
        assertThatThrownBy(() -> read(text, network(2)))
                .isInstanceOf(ArtifactException.class)
                .hasMessage("q.json belongs to another network than the one beside it");
        assertRefused(
                text.replace("\"version\" : 1", "\"version\" : 2"),
                "q.json has version 2; this program reads version 1");
        assertRefused(
                text.replace("\"dense\"", "\"flat\""),
                "q.json does not fit its network: the quantization has codes for the"
                        + " weights of 'flat', which is no layer with weights; it belongs to another network");
        assertRefused(
                text.replace("\"input\"", "\"output\""),
                "q.json does not fit its network: the quantization has a code for"
                        + " 'output', which is no node of the network; it belongs to another network");
        assertRefused(
                text.replace("\"scale\" : 0.5", "\"scale\" : -1"),
                "q.json is not a quantization: scale must be a finite number > 0, was -1.0");
        for (String codes : List.of(
                "{\"values\":{\"input\":null},\"weights\":{}}", "{\"values\":{},\"weights\":{\"dense\":null}}")) {
            assertRefused(
                    "{\"version\":1,\"network\":\"x\",\"quantization\":" + codes + "}",
                    "q.json is not a quantization: each name in values and in weights must have a code, was given null");
        }
        for (int length = 0; length < text.length(); length += 11) {
            String part = text.substring(0, length);
            assertThatThrownBy(() -> read(part, NETWORK)).isInstanceOf(ArtifactException.class);
        }
    }

    @Test
    void refusesWeightsWhoseInputStaysFloat() {
        assertThatThrownBy(() -> new Quantization(Map.of(), Map.of("dense", PER_CHANNEL)).requireFits(NETWORK))
                .hasMessage(
                        "the weights of 'dense' are quantized, but its input 'input' is not; both must be, or neither");
        assertThatThrownBy(() ->
                        new WeightCodes(List.of(HALVES, HALVES, HALVES)).quantize(NETWORK.parameter("dense/weight")))
                .hasMessage("weights [2, 3] have 2 output channels, but there are 3 codes; there must be 1 or as many");
    }

    private static void assertRefused(String text, String message) {
        assertThatThrownBy(() -> read(text, NETWORK))
                .isInstanceOf(ArtifactException.class)
                .hasMessage(message);
    }

    private static Quantization read(String text, Network network) {
        return QuantizationFile.read(text.getBytes(StandardCharsets.UTF_8), network, "q.json");
    }
}
