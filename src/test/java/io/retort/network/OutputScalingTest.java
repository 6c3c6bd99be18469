package io.retort.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class OutputScalingTest {
    private static final OutputScaling SCALING =
            OutputScaling.of(new ChannelMoments(4, new double[] {150, -2}, new double[] {4 * 77.0 * 77, 0}));

    @Test
    void standardisesByMeanAndDeviation() {
        float[] numbers = {227, -2, 73, 0};
        SCALING.standardise(numbers);
        assertThat(numbers).containsExactly(1, 0, -1, 2); // a number that never changes is only centred
        float[] untouched = {3};
        OutputScaling.NONE.standardise(untouched);
        assertThat(untouched).containsExactly(3);
    }

    @Test
    void theLastLayerTakesTheUnitsInAndGivesThemBack() {
        Network network = Network.initialised(structure(Layer.Bias.PER_CHANNEL), 5);
        Network inUnits = SCALING.inUnits(network);
        assertThat(inUnits.parameter("logits/bias").values()).containsExactly(150, -2);
        assertThat(inUnits.parameter("logits/weight").values()[0])
                .isCloseTo(77 * network.parameter("logits/weight").values()[0], within(1e-4f));
        assertThat(inUnits.parameter("hidden/weight")).isEqualTo(network.parameter("hidden/weight"));
        Network back = SCALING.standardised(inUnits);
        for (String name : List.of("logits/weight", "logits/bias")) {
            float[] values = network.parameter(name).values();
            for (int i = 0; i < values.length; i++) {
                assertThat(back.parameter(name).values()[i]).isCloseTo(values[i], within(1e-6f));
            }
        }
    }

    @Test
    void needsALastLayerWithABias() {
        assertThat(OutputScaling.obstacle(structure(Layer.Bias.PER_CHANNEL))).isEmpty();
        assertThat(OutputScaling.obstacle(structure(Layer.Bias.NONE)))
                .contains(
                        "a network that predicts numbers must end in a dense layer with a bias, but ends in 'logits'");
    }

    private static Structure structure(Layer.Bias bias) {
        return Structure.from(Shape.vector(3))
                .then("hidden", new Layer.Dense(4, Layer.Bias.PER_CHANNEL))
                .then("logits", new Layer.Dense(2, bias))
                .build();
    }
}
