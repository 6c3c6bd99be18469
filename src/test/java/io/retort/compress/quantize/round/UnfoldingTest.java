package io.retort.compress.quantize.round;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.retort.engine.onnx.write.OnnxTaps;
import io.retort.network.Layer;
import io.retort.network.Layer.Bias;
import io.retort.network.Network;
import io.retort.network.RandomNetworks;
import io.retort.network.Shape;
import io.retort.network.Structure;
import io.retort.network.Structure.Node;
import io.retort.network.Window;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class UnfoldingTest {
    private static final int SAMPLES = 3;

    static Stream<Layer> layers() {
        Window uneven = new Window(3, 2, 2, 1, 1, 0);
        return Stream.of(
                new Layer.Conv(4, Window.same(3), Bias.NONE),
                new Layer.Conv(4, uneven, Bias.NONE),
                new Layer.Conv(5, Window.dilated(3, 2), Bias.NONE),
                new Layer.Conv(5, Window.valid(1, 1), Bias.NONE),
                new Layer.DepthwiseConv(uneven, Bias.NONE));
    }

    @ParameterizedTest
    @MethodSource("layers")
    void weightsTimesWhatIsUnfoldedAreTheOutputs(Layer layer) {
        requireOutputs(Structure.from(Shape.image(2, 7, 5))
                .then("first", new Layer.Conv(3, Window.same(3), Bias.PER_CHANNEL))
                .then("layer", layer)
                .then("mean", new Layer.GlobalAveragePool())
                .build());
    }

    @Test
    void weightsTimesWhatIsUnfoldedAreADenseLayersOutputs() {
        requireOutputs(Structure.from(Shape.vector(6))
                .then("first", new Layer.Dense(3, Bias.PER_CHANNEL))
                .then("layer", new Layer.Dense(4, Bias.NONE))
                .then("relu", new Layer.Activate(Layer.Activate.Function.RELU))
                .build());
    }

    private static void requireOutputs(Structure structure) {
        Network network = RandomNetworks.of(structure, 5);
        Node node = structure.nodes().get(1);
        Unfolding unfolding = Unfolding.of(structure, node);
        Map<String, float[]> values;
        try (OnnxTaps taps = OnnxTaps.of(network, List.of("first", "layer"))) {
            values = taps.values(RandomNetworks.pixels(structure.input(), SAMPLES, 2), SAMPLES);
        }
        float[] weight = network.parameter("layer/weight").values();
        float[] outputs = new float[values.get("layer").length];
        float[] unfolded = new float[unfolding.inputs()];
        int perGroup = unfolding.outputsPerGroup();
        for (int sample = 0; sample < SAMPLES; sample++) {
            for (int place = 0; place < unfolding.places(); place++) {
                for (int output = 0; output < perGroup * unfolding.groups(); output++) {
                    unfolding.unfold(values.get("first"), sample, place, output / perGroup, unfolded);
                    int at = (sample * perGroup * unfolding.groups() + output) * unfolding.places() + place;
                    for (int i = 0; i < unfolded.length; i++) {
                        outputs[at] += weight[output * unfolded.length + i] * unfolded[i];
                    }
                }
            }
        }
        assertThat(outputs).containsExactly(values.get("layer"), Offset.offset(1e-3f));
    }

    @Test
    void refusesALayerWithoutAnInt8Kernel() {
        Structure structure = Structure.from(Shape.image(1, 4, 4))
                .then("flat", new Layer.Flatten())
                .build();
        assertThatThrownBy(() -> Unfolding.of(structure, structure.nodes().get(0)))
                .hasMessage("'flat' multiplies no weights that have an int8 kernel");
    }
}
