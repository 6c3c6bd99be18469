package io.retort.engine.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.retort.engine.Batch;
import io.retort.network.Layer;
import io.retort.network.Network;
import io.retort.network.Structure;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.learning.config.Adam;

/** A batch's gradient in parts, and the step by their sum. */
class PartGradientTest {
    static {
        NativeBackend.configure();
    }

    static Stream<Structure> structures() {
        return Stream.of(Networks.everyLayer(), Networks.joined(), Networks.perceptron(), Networks.residual());
    }

    private static Dl4jNetwork trainable(Structure structure) {
        return Dl4jNetwork.of(
                Network.initialised(structure, 5), new Adam(0.01), 0.1, new PackedCrossEntropy(), LayerSet.FUSED);
    }

    private static Batch batch(Structure structure, int size, int seed) {
        return new Batch(
                Networks.features(structure, size, seed).dup('c').data().asFloat(),
                Networks.targets(structure, size, seed).dup('c').data().asFloat(),
                size);
    }

    @ParameterizedTest
    @MethodSource("structures")
    void onePartIsAStepBitByBit(Structure structure) {
        Dl4jNetwork stepped = trainable(structure);
        Dl4jNetwork updated = trainable(structure);
        float[] gradient = new float[updated.gradientLength()];
        for (int i = 0; i < 3; i++) {
            double loss = stepped.step(batch(structure, 8, i));
            assertThat(updated.gradient(batch(structure, 8, i), 1, gradient)).isEqualTo(loss);
            updated.update(gradient);
        }
        assertThat(updated.network()).isEqualTo(stepped.network());
        assertThat(updated.state().iteration()).isEqualTo(3);
    }

    /** The parts are alike, so their statistics are those of the whole, and the sum of their gradients must be, too. */
    @ParameterizedTest
    @MethodSource("structures")
    void equalPartsAddUpToTheirWhole(Structure structure) {
        Dl4jNetwork network = trainable(structure);
        Batch part = batch(structure, 8, 1);
        float[] whole = new float[network.gradientLength()];
        float[] sum = new float[network.gradientLength() + 1]; // a caller's vector may be longer
        float[] half = new float[network.gradientLength()];
        double loss = network.gradient(part.followedBy(part), 1, whole);
        double first = network.gradient(part, 0.5f, sum);
        network.gradient(part, 0.5f, half);
        assertThat(first).isCloseTo(loss, within(1e-6));
        for (int i = 0; i < half.length; i++) {
            assertThat((double) sum[i] + half[i]).as("value " + i).isCloseTo(whole[i], within(2e-5));
        }
        assertThat(network.state().parameters())
                .as("no step was made")
                .isEqualTo(trainable(structure).state().parameters());
    }

    /**
     * In the place of a running statistic a gradient has what is subtracted from it, so parts of equal weight give the
     * mean of their statistics.
     */
    @ParameterizedTest
    @MethodSource("structures")
    void runningStatisticsMoveByTheMeanOfTheParts(Structure structure) {
        if (structure.nodes().stream().noneMatch(node -> node.layer() instanceof Layer.BatchNorm)) {
            return;
        }
        float[] sum = null;
        Dl4jNetwork network = trainable(structure);
        float[][] moved = new float[2][];
        for (int part = 0; part < 2; part++) {
            float[] gradient = new float[network.gradientLength()];
            network.gradient(batch(structure, 8, part), 0.5f, gradient);
            sum = sum == null ? gradient : plus(sum, gradient);
            Dl4jNetwork alone = trainable(structure);
            alone.step(batch(structure, 8, part));
            moved[part] = alone.state().parameters();
        }
        network.update(sum);
        float[] together = network.state().parameters();
        for (GraphParameters.Range range : network.statisticRanges()) {
            for (int i = range.from(); i < range.to(); i++) {
                assertThat(together[i]).isCloseTo((moved[0][i] + moved[1][i]) / 2, within(1e-5f));
            }
        }
    }

    private static float[] plus(float[] first, float[] second) {
        float[] sum = Arrays.copyOf(first, first.length);
        for (int i = 0; i < sum.length; i++) {
            sum[i] += second[i];
        }
        return sum;
    }
}
