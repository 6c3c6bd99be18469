package io.retort.compress.quantize;

import static org.assertj.core.api.Assertions.assertThat;

import io.retort.compress.Compressed;
import io.retort.compress.Compressed.LayerChange;
import io.retort.compress.ExportFormat;
import io.retort.compress.Stages;
import io.retort.engine.onnx.run.OnnxSession;
import io.retort.network.Network;
import io.retort.network.RandomNetworks;
import io.retort.network.Shape;
import io.retort.network.Tensor;
import io.retort.network.zoo.Architecture;
import io.retort.network.zoo.PlainNetwork.Mlp;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class HalfPrecisionTest {
    private static final Shape SHAPE = Shape.image(3, 32, 32);
    private static final List<String> CLASSES = List.of("a", "b", "c", "d", "e");

    private static Compressed compressed(Network network) {
        return new HalfPrecision.Settings(Stages.NO_FLOOR).create().compress(network, Stages.context(network));
    }

    private static float[] logits(byte[] onnx, float[] features, int samples) {
        try (OnnxSession session = OnnxSession.open(onnx, 1)) {
            return session.logits(features, samples).clone();
        }
    }

    /** The file of halves is that of the rounded network, number by number. */
    @ParameterizedTest
    @MethodSource("io.retort.network.zoo.ArchitecturesTest#examples")
    void computesWhatTheRoundedNetworkDoes(Architecture settings) {
        Compressed compressed = compressed(RandomNetworks.of(settings.build(SHAPE, 5), 3));
        byte[] halves = compressed.form().bytes(compressed.network(), CLASSES, Map.of());
        byte[] floats = ExportFormat.FLOAT32.bytes(compressed.network(), CLASSES, Map.of());
        assertThat(halves.length).isLessThan(floats.length);
        float[] features = RandomNetworks.pixels(SHAPE, 3, 4);
        assertThat(logits(halves, features, 3)).isEqualTo(logits(floats, features, 3));
        assertThat(compressed(compressed.network()).network())
                .as("halves stay what they are")
                .isEqualTo(compressed.network());
    }

    @Test
    void takesHalfOfTheBytes() {
        Network network = RandomNetworks.of(new Mlp(List.of(300, 100)).build(Shape.image(1, 28, 28), 5), 1);
        Compressed compressed = compressed(network);
        int halves = compressed.form().bytes(compressed.network(), CLASSES, Map.of()).length;
        int floats = ExportFormat.FLOAT32.bytes(network, CLASSES, Map.of()).length;
        assertThat((double) halves / floats).isBetween(0.5, 0.505);
        // Off by at most 2⁻¹¹ and by a third of that or so on average.
        assertThat(compressed.layers()).hasSize(3).allSatisfy(layer -> {
            assertThat(layer.change()).isEqualTo("float16");
            assertThat(layer.error().orElseThrow()).isBetween(1e-4, Math.scalb(1.0, -11));
        });
    }

    @Test
    void aTensorWithoutHalvesStaysFloat32() {
        Network network = RandomNetworks.of(new Mlp(List.of(4)).build(Shape.vector(3), 5), 1);
        Tensor weight = network.parameter("logits/weight");
        float[] values = weight.values().clone();
        values[2] = 65_520;
        Compressed compressed = compressed(Stages.with(network, "logits/weight", values));
        assertThat(compressed.network().parameter("logits/weight").values()).isEqualTo(values);
        assertThat(compressed.layers().get(1))
                .isEqualTo(LayerChange.of("logits", "left: float32, for a weight has no half"));
        float[] features = {1, 2, 3};
        assertThat(logits(compressed.form().bytes(compressed.network(), CLASSES, Map.of()), features, 1))
                .isEqualTo(logits(ExportFormat.FLOAT32.bytes(compressed.network(), CLASSES, Map.of()), features, 1));
    }
}
