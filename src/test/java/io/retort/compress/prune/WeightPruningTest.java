package io.retort.compress.prune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.retort.compress.Compressed;
import io.retort.compress.Compressor.UnreachableException;
import io.retort.compress.Stages;
import io.retort.compress.prune.WeightPruning.Scope;
import io.retort.network.Layer;
import io.retort.network.Layer.Bias;
import io.retort.network.Mask;
import io.retort.network.Network;
import io.retort.network.Shape;
import io.retort.network.Structure;
import io.retort.network.zoo.ConvNet;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class WeightPruningTest {
    private static final Structure STRUCTURE = Structure.from(Shape.vector(4))
            .then("hidden", new Layer.Dense(2, Bias.PER_CHANNEL))
            .then("logits", new Layer.Dense(2, Bias.NONE))
            .build();
    private static final Network NETWORK = Stages.with(
            Stages.with(Network.initialised(STRUCTURE, 1), "hidden/weight", new float[] {4, -3, 2, -1, 0.5f, 6, -7, 8}),
            "logits/weight",
            new float[] {0.1f, -0.2f, 0.3f, -9});

    private static WeightPruning.Settings settings(double sparsity, Scope scope, int steps, String... except) {
        return new WeightPruning.Settings(
                sparsity, scope, steps, List.of(except), Stages.training(), 0, Optional.empty(), Stages.NO_FLOOR);
    }

    private static Network pruned(WeightPruning.Settings settings) {
        return settings.create().compress(NETWORK, Stages.context(NETWORK)).network();
    }

    @Test
    void theLeastWeightsGo() {
        Network global = pruned(settings(0.5, Scope.GLOBAL, 1));
        assertThat(global.parameter("hidden/weight").values()).containsExactly(4, -3, 0, 0, 0, 6, -7, 8);
        assertThat(global.parameter("logits/weight").values()).containsExactly(0, 0, 0, -9);
        Network layer = pruned(settings(0.5, Scope.LAYER, 1));
        assertThat(layer.parameter("hidden/weight").values()).containsExactly(4, 0, 0, 0, 0, 6, -7, 8);
        assertThat(layer.parameter("logits/weight").values()).containsExactly(0, 0, 0.3f, -9);
        Network pattern = pruned(settings(0.5, Scope.TWO_OF_FOUR, 1));
        assertThat(pattern.parameter("hidden/weight").values()).containsExactly(4, -3, 0, 0, 0, 0, -7, 8);
        assertThat(pattern.parameter("logits/weight").values())
                .as("two inputs make no four")
                .isEqualTo(NETWORK.parameter("logits/weight").values());
        assertThat(pruned(settings(0.5, Scope.LAYER, 1, "logits")).parameter("logits/weight"))
                .isEqualTo(NETWORK.parameter("logits/weight"));
        assertThat(global.parameter("hidden/bias")).isEqualTo(NETWORK.parameter("hidden/bias"));
    }

    @Test
    void twoOfFourRunsAlongTheInputsOfAKernelsCell() {
        Structure structure = new ConvNet(List.of("cbr8", "cbr4", "max")).build(Shape.image(1, 8, 8), 3);
        Network network = Stages.trained(Network.initialised(structure, 1), 2);
        Network pattern = settings(0.5, Scope.TWO_OF_FOUR, 1)
                .create()
                .compress(network, Stages.context(network))
                .network();
        float[] values = pattern.parameter("block2.conv/weight").values(); // [4, 8, 3, 3]
        for (int output = 0; output < 4; output++) {
            for (int cell = 0; cell < 9; cell++) {
                for (int group = 0; group < 2; group++) {
                    int zeros = 0;
                    for (int input = 4 * group; input < 4 * group + 4; input++) {
                        zeros += values[(output * 8 + input) * 9 + cell] == 0 ? 1 : 0;
                    }
                    assertThat(zeros).isEqualTo(2);
                }
            }
        }
    }

    @Test
    void stepsFollowTheCubicScheduleAndWhatIs0Stays() {
        Network network = Stages.trained(
                Network.initialised(new ConvNet(List.of("cbr16", "cbr16", "max")).build(Shape.image(1, 8, 8), 3), 1),
                2);
        WeightPruning.Settings settings = settings(0.8, Scope.GLOBAL, 4);
        Mask mask = Mask.none();
        Network present = network;
        long total = present.parameters().entrySet().stream()
                .filter(entry -> entry.getKey().endsWith("/weight"))
                .mapToLong(entry -> entry.getValue().values().length)
                .sum();
        // 0.8 · (1 − (1 − t / 4)³) for t = 1 ... 4
        double[] expected = {0.4625, 0.7, 0.7875, 0.8};
        for (int step = 1; step <= 4; step++) {
            Compressed made = settings.create().compress(present, Stages.step(network, mask, step, 4));
            assertThat(made.mask().count()).isEqualTo(Math.round(expected[step - 1] * total));
            assertThat(mask.applied(made.network())).isEqualTo(made.network());
            mask = made.mask();
            present = mask.applied(Stages.trained(made.network(), step)); // as if fine-tuned
        }
    }

    @ParameterizedTest
    @EnumSource
    void theSameNetworkGivesTheSameBits(Scope scope) {
        WeightPruning.Settings settings = settings(0.5, scope, 1);
        assertThat(pruned(settings)).isEqualTo(pruned(settings));
    }

    @Test
    void refusesWhatItCannotDo() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> settings(1, Scope.GLOBAL, 1))
                .withMessage("sparsity must be in (0, 1), was 1.0; 1 would leave no weight");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> settings(0.6, Scope.TWO_OF_FOUR, 1))
                .withMessage(
                        "scope two-of-four must have sparsity 0.5 and steps 1, for two of each four weights go at once,"
                                + " was sparsity 0.6 and steps 1");
        WeightPruning.Settings nothing = settings(0.5, Scope.GLOBAL, 1, "hidden", "logits");
        assertThatThrownBy(() -> nothing.effect(NETWORK.structure()))
                .isInstanceOf(UnreachableException.class)
                .hasMessage("except names every layer that has weights; leave some out");
    }
}
