package io.retort.network;

import static org.assertj.core.api.Assertions.assertThat;

import io.retort.network.Layer.Activate;
import io.retort.network.Layer.Bias;
import io.retort.network.Layer.Pool;
import io.retort.network.zoo.ConvNet.W1Student;
import io.retort.network.zoo.ConvNet.W1Teacher;
import org.junit.jupiter.api.Test;

class CostTest {
    private static final Shape FASHION = Shape.image(1, 28, 28);

    @Test
    void countsEachLayerAsByHand() {
        Structure structure = Structure.from(Shape.image(3, 8, 6))
                .then("conv", new Layer.Conv(4, Window.strided(3, 2), Bias.PER_CHANNEL))
                .then("norm", Layer.BatchNorm.standard())
                .then("relu", new Activate(Activate.Function.RELU))
                .then("depthwise", new Layer.DepthwiseConv(new Window(3, 1, 1, 1, 1, 0), Bias.NONE))
                .join("sum", new Layer.Add(), "relu", "depthwise")
                .then("pool", new Pool(Pool.Kind.MAX, Window.valid(2, 2)))
                .then("flat", new Layer.Flatten())
                .then("logits", new Layer.Dense(5, Bias.PER_CHANNEL))
                .build();
        Cost cost = Cost.of(structure);
        assertThat(cost.layers())
                .containsExactly(
                        // 4·3·3·3 weights and 4 biases; 4 × 3 places
                        new Cost.LayerCost("conv", Shape.image(4, 4, 3), 112, 112, 12 * 108),
                        new Cost.LayerCost("norm", Shape.image(4, 4, 3), 8, 16, 0),
                        new Cost.LayerCost("relu", Shape.image(4, 4, 3), 0, 0, 0),
                        new Cost.LayerCost("depthwise", Shape.image(4, 4, 3), 12, 12, 12 * 12),
                        new Cost.LayerCost("sum", Shape.image(4, 4, 3), 0, 0, 0),
                        new Cost.LayerCost("pool", Shape.image(4, 2, 1), 0, 0, 0),
                        new Cost.LayerCost("flat", Shape.vector(8), 0, 0, 0),
                        new Cost.LayerCost("logits", Shape.vector(5), 45, 45, 40));
        assertThat(cost.trainedParameters()).isEqualTo(112 + 8 + 12 + 45);
        assertThat(cost.parameters()).isEqualTo(112 + 16 + 12 + 45);
        assertThat(cost.macs()).isEqualTo(1296 + 144 + 40);
    }

    @Test
    void countsLightweightLayersAsByHand() {
        Structure structure = Structure.from(Shape.image(12, 4, 5))
                .then("grouped", new Layer.GroupedConv(8, 4, Window.same(3), Bias.PER_CHANNEL))
                .then("shuffle", new MovingLayer.ChannelShuffle(2))
                .then("turn", new MovingLayer.ChannelShift(3))
                .then("cross", new MovingLayer.Shift(3, MovingLayer.Shift.Directions.CROSS))
                .then("real", new MovingLayer.ActiveShift(MovingLayer.ActiveShift.Displacements.REAL, 0))
                .then("whole", new MovingLayer.ActiveShift(MovingLayer.ActiveShift.Displacements.WHOLE, 0.1))
                .then("dilated", new Layer.Conv(2, Window.dilated(3, 2), Bias.NONE))
                .then("slice", new Layer.Slice(1, 1))
                .join("concat", new Layer.Concat(), "slice", "whole")
                .then("gates", new Layer.GlobalAveragePool())
                .join("gate", new Layer.Gate(), "concat", "gates")
                .then("average", new Layer.GlobalAveragePool())
                .build();
        Shape eight = Shape.image(8, 4, 5);
        assertThat(Cost.of(structure).layers().subList(0, 11))
                .containsExactly(
                        // each of 8 outputs sees 12 / 4 = 3 inputs: 8·3·9 weights and 8 biases; 4 × 5 places
                        new Cost.LayerCost("grouped", eight, 224, 224, 20 * 216),
                        new Cost.LayerCost("shuffle", eight, 0, 0, 0),
                        new Cost.LayerCost("turn", eight, 0, 0, 0),
                        new Cost.LayerCost("cross", eight, 0, 0, 0),
                        // two displacements for each of 8 channels; four products for each of 8·4·5 outputs
                        new Cost.LayerCost("real", eight, 16, 16, 4 * 160),
                        new Cost.LayerCost("whole", eight, 16, 16, 0),
                        new Cost.LayerCost("dilated", Shape.image(2, 4, 5), 144, 144, 20 * 144),
                        new Cost.LayerCost("slice", Shape.image(1, 4, 5), 0, 0, 0),
                        new Cost.LayerCost("concat", Shape.image(9, 4, 5), 0, 0, 0),
                        new Cost.LayerCost("gates", Shape.vector(9), 0, 0, 0),
                        new Cost.LayerCost("gate", Shape.image(9, 4, 5), 0, 0, 0));
    }

    @Test
    void countsTheReferenceTeacherAsByHand() {
        long convolutions =
                784L * 9 * (1 * 32 + 32 * 32) + 196L * 9 * (32 * 64 + 64 * 64) + 49L * 9 * (64 * 128 + 128 * 128);
        Cost cost = Cost.of(new W1Teacher().build(FASHION, 10));
        assertThat(cost.macs()).isEqualTo(convolutions + 1280).isEqualTo(29_128_448);
        assertThat(cost.trainedParameters()).isEqualTo(288_170);
        // Two running statistics for each of the 448 channels.
        assertThat(cost.parameters()).isEqualTo(288_170 + 2 * 448);
    }

    @Test
    void countsTheReferenceStudentAsByHand() {
        Cost cost = Cost.of(new W1Student().build(FASHION, 10));
        long stem = 784L * 9 * 16;
        long first = 196L * (9 * 16 + 16 * 32);
        long second = 49L * (9 * 32 + 32 * 64);
        long third = 49L * (9 * 64 + 64 * 64);
        assertThat(cost.macs()).isEqualTo(stem + first + second + third + 640).isEqualTo(585_504);
        assertThat(cost.trainedParameters()).isEqualTo(9_034);
    }

    @Test
    void countsWhatIsLargerThanAnInt() {
        Structure structure = Structure.from(Shape.image(512, 512, 512))
                .then("conv", new Layer.Conv(512, Window.same(3), Bias.NONE))
                .then("pool", new Layer.GlobalAveragePool())
                .build();
        assertThat(Cost.of(structure).macs()).isEqualTo(512L * 512 * 512 * 512 * 9);
    }
}
