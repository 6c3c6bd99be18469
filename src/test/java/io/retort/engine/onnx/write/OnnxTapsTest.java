package io.retort.engine.onnx.write;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.retort.engine.Tap;
import io.retort.engine.onnx.ReferenceNetwork;
import io.retort.engine.onnx.run.OnnxSession;
import io.retort.network.InputScaling;
import io.retort.network.Network;
import io.retort.network.RandomNetworks;
import io.retort.network.Shape;
import io.retort.network.Structure;
import io.retort.network.zoo.ConvNet;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is read of taps, against the plainest forward pass. */
class OnnxTapsTest {
    private static final Shape INPUT = Shape.image(2, 8, 6);
    private static final int SAMPLES = 3;

    private final Network network = RandomNetworks.of(
            new ConvNet(List.of("cbr3", "max", "res4"))
                    .build(INPUT, 5)
                    .withScaling(new InputScaling(List.of(100.0, 120.0), List.of(50.0, 70.0))),
            1);
    private final float[] pixels = RandomNetworks.pixels(INPUT, SAMPLES, 2);

    @Test
    void givesEveryNodeAsItIsAndSideBySide() {
        Structure structure = network.structure();
        List<Tap> taps = structure.taps().entrySet().stream()
                .map(node -> Tap.features(
                        node.getKey(),
                        node.getValue(),
                        node.getValue().height(),
                        node.getValue().width()))
                .toList();
        assertThat(taps).extracting(Tap::node).contains("block1.conv", "block1.norm", "average"); // nothing is folded
        float[] said = say(taps);
        int width = said.length / SAMPLES;
        for (int sample = 0; sample < SAMPLES; sample++) {
            int at = sample * width;
            for (Tap tap : taps) {
                float[] expected = floats(output(tap.node(), sample));
                assertThat(Arrays.copyOfRange(said, at, at + expected.length))
                        .as(tap.node())
                        .containsExactly(expected, within(1e-3f));
                at += expected.length;
            }
        }
    }

    @Test
    void averagesOverWindows() {
        // block1.relu is 8 × 6; on 4 × 2 each value is the average of a window of 2 × 3
        float[] said = say(List.of(Tap.features("block1.relu", Shape.image(3, 8, 6), 4, 2)));
        double[] whole = output("block1.relu", 0);
        for (int channel = 0; channel < 3; channel++) {
            double sum = 0;
            for (int y = 2; y < 4; y++) {
                for (int x = 3; x < 6; x++) {
                    sum += whole[channel * 48 + y * 6 + x];
                }
            }
            assertThat((double) said[channel * 8 + 3]).isCloseTo(sum / 6, within(1e-4)); // second row, second column
        }
    }

    @Test
    void attentionIsAUnitMapOfMeanSquares() {
        float[] said = say(List.of(Tap.attention("block1.relu", Shape.image(3, 8, 6), 8, 6)));
        double[] whole = output("block1.relu", 1);
        double[] map = new double[48];
        double norm = 0;
        for (int i = 0; i < map.length; i++) {
            for (int channel = 0; channel < 3; channel++) {
                map[i] += Math.pow(whole[channel * 48 + i], 2) / 3;
            }
            norm += map[i] * map[i];
        }
        for (int i = 0; i < map.length; i++) {
            assertThat((double) said[48 + i]).isCloseTo(map[i] / Math.sqrt(norm), within(1e-5));
        }
    }

    @Test
    void aTapHasTheSameBitsWhateverElseIsRead() {
        Tap relu = Tap.features("block1.relu", Shape.image(3, 8, 6), 8, 6);
        Tap conv = Tap.features("block1.conv", Shape.image(3, 8, 6), 8, 6);
        Tap norm = Tap.features("block1.norm", Shape.image(3, 8, 6), 4, 3);
        float[] alone = say(List.of(relu));
        float[] among = say(List.of(conv, relu, norm));
        for (int sample = 0; sample < SAMPLES; sample++) {
            int from = sample * (144 + 144 + 36) + 144;
            assertThat(Arrays.copyOfRange(among, from, from + 144))
                    .isEqualTo(Arrays.copyOfRange(alone, sample * 144, (sample + 1) * 144));
        }
    }

    @Test
    void refusesAGridThatDoesNotDivide() {
        assertThatThrownBy(() -> Tap.features("block1.relu", Shape.image(3, 8, 6), 4, 4))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("tap 'block1.relu' gives [3, 8, 6], which cannot be averaged to [3, 4, 4]");
    }

    private float[] say(List<Tap> taps) {
        try (OnnxSession session = OnnxSession.open(OnnxModel.taps(network, taps), 1, OnnxSession.Optimisation.NONE)) {
            return session.logits(pixels, SAMPLES);
        }
    }

    private double[] output(String node, int sample) {
        int elements = INPUT.elements();
        return new ReferenceNetwork(network)
                .output(node, Arrays.copyOfRange(pixels, sample * elements, (sample + 1) * elements));
    }

    private static float[] floats(double[] values) {
        float[] floats = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            floats[i] = (float) values[i];
        }
        return floats;
    }
}
