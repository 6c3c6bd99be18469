package io.retort.network;

import static org.assertj.core.api.Assertions.assertThat;

import io.retort.network.Layer.Activate;
import io.retort.network.Layer.Bias;
import io.retort.network.Structure.Node;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BatchNormFoldingTest {
    private static final Layer.BatchNorm NORM = new Layer.BatchNorm(1, 0.9);

    @Test
    void matchesTheValueWorkedOutByHand() {
        Structure structure = Structure.from(Shape.vector(2))
                .then("dense", new Layer.Dense(1, Bias.PER_CHANNEL))
                .then("norm", NORM)
                .build();
        Network network = new Network(
                structure,
                Map.of(
                        "dense/weight", new Tensor(List.of(1, 2), new float[] {2, -4}),
                        "dense/bias", vector(5),
                        "norm/scale", vector(6),
                        "norm/shift", vector(7),
                        "norm/mean", vector(1),
                        "norm/variance", vector(8)));
        // s = 6 / √(8 + 1) = 2; bias = 2 · (5 − 1) + 7
        Network folded = BatchNormFolding.fold(network);
        assertThat(folded.structure().nodes())
                .containsExactly(new Node("dense", new Layer.Dense(1, Bias.PER_CHANNEL), List.of("input")));
        assertThat(folded.parameters())
                .isEqualTo(Map.of(
                        "dense/weight", new Tensor(List.of(1, 2), new float[] {4, -8}), "dense/bias", vector(15)));
    }

    @Test
    void leavesABatchNormWhoseInputIsReadElsewhere() {
        Structure structure = Structure.from(Shape.image(1, 4, 4))
                .then("conv", new Layer.Conv(2, Window.same(3), Bias.NONE))
                .then("norm", NORM)
                .join("sum", new Layer.Add(), "norm", "conv")
                .then("average", new Layer.GlobalAveragePool())
                .build();
        Network network = RandomNetworks.of(structure, 1);
        assertThat(BatchNormFolding.fold(network)).isEqualTo(network);
    }

    @Test
    void leavesABatchNormThatFollowsNoWeights() {
        Structure structure = Structure.from(Shape.vector(3))
                .then("first", NORM)
                .then("tanh", new Activate(Activate.Function.TANH))
                .then("second", NORM)
                .then("dense", new Layer.Dense(2, Bias.NONE))
                .then("third", NORM)
                .then("fourth", NORM)
                .build();
        assertThat(BatchNormFolding.fold(RandomNetworks.of(structure, 1))
                        .structure()
                        .nodes())
                .extracting(Node::name)
                .containsExactly("first", "tanh", "second", "dense", "fourth");
    }

    @Test
    void keepsTheOutputLastWhereOtherNodesStandBetween() {
        Structure structure = Structure.from(Shape.vector(3))
                .then("dense", new Layer.Dense(2, Bias.NONE))
                .join("aside", new Activate(Activate.Function.TANH), "input")
                .join("norm", NORM, "dense")
                .build();
        assertThat(BatchNormFolding.fold(RandomNetworks.of(structure, 1))
                        .structure()
                        .output()
                        .name())
                .isEqualTo("dense");
    }

    @Test
    void foldsOnlyOnce() {
        Structure structure = Structure.from(Shape.image(1, 4, 4))
                .then("conv", new Layer.DepthwiseConv(Window.same(3), Bias.NONE))
                .then("norm", NORM)
                .then("average", new Layer.GlobalAveragePool())
                .build();
        Network folded = BatchNormFolding.fold(RandomNetworks.of(structure, 1));
        assertThat(BatchNormFolding.fold(folded)).isEqualTo(folded);
    }

    @Test
    void foldsIntoAGroupedConvolutionButNotThroughAShift() {
        Structure structure = Structure.from(Shape.image(6, 4, 4))
                .then("grouped", new Layer.GroupedConv(9, 3, Window.same(3), Bias.NONE))
                .then("first", NORM)
                .then("shift", new MovingLayer.Shift(3, MovingLayer.Shift.Directions.GRID))
                .then("second", NORM)
                .then("average", new Layer.GlobalAveragePool())
                .build();
        assertThat(BatchNormFolding.fold(RandomNetworks.of(structure, 1))
                        .structure()
                        .nodes())
                .extracting(Node::layer)
                .startsWith(
                        new Layer.GroupedConv(9, 3, Window.same(3), Bias.PER_CHANNEL),
                        new MovingLayer.Shift(3, MovingLayer.Shift.Directions.GRID),
                        NORM);
    }

    private static Tensor vector(float value) {
        return new Tensor(List.of(1), new float[] {value});
    }
}
