package io.retort.engine.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.retort.engine.TrainableNetwork.TrainingState;
import io.retort.network.Layer;
import io.retort.network.Layer.Activate;
import io.retort.network.MovingLayer.ActiveShift;
import io.retort.network.Network;
import io.retort.network.Shape;
import io.retort.network.Structure;
import io.retort.network.Structure.Node;
import io.retort.network.Tensor;
import io.retort.network.Window;
import io.retort.network.zoo.BlockKindsTest;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.Sgd;

/**
 * The gradient of every block against central differences, some parameters at a time, and that of shifts by whole
 * pixels, which have no differences.
 *
 * <p>All activations are tanh here: a block is wired the same way, and without kinks float32 differences are good to a
 * thousandth.
 */
class BlockGradientTest {
    static {
        NativeBackend.configure();
    }

    private static final int BATCH = 5;
    private static final int PARAMETERS_AT_A_TIME = 40;
    private static final float STEP = 1e-2f;

    static Stream<String> blocks() {
        return BlockKindsTest.examples().keySet().stream();
    }

    @ParameterizedTest
    @MethodSource("blocks")
    void agreesWithCentralDifferences(String block) {
        Structure structure = smooth(BlockKindsTest.examples().get(block).build(Shape.image(2, 6, 5), 3));
        Dl4jNetwork trainable = trainable(Networks.randomised(structure, 1));
        TrainingState start = trainable.state();
        boolean[] statistic = new boolean[start.parameters().length];
        trainable.statisticRanges().forEach(range -> Arrays.fill(statistic, range.from(), range.to(), true));
        float[] gradient = gradient(trainable, start, structure);
        SplittableRandom random = new SplittableRandom(8);
        double largest = 0;
        for (int from = 0; from < gradient.length; from += PARAMETERS_AT_A_TIME) {
            float[] direction = direction(random, statistic, from);
            double up = loss(trainable, moved(start, direction, STEP), structure);
            double down = loss(trainable, moved(start, direction, -STEP), structure);
            double slope = dot(gradient, direction);
            largest = Math.max(largest, Math.abs(slope));
            assertThat((up - down) / (2 * STEP)).as("parameters from %d", from).isCloseTo(slope, within(2e-3));
        }
        assertThat(largest).isGreaterThan(0.05); // far above the tolerance
    }

    @Test
    void aWholeShiftPassesOnTheGradientOfTheInterpolation() {
        // at whole displacements both kinds of shift look at the same pixels
        Network real = shifted(new ActiveShift(ActiveShift.Displacements.REAL, 0), 1, -2, 0, 1);
        Network whole = shifted(new ActiveShift(ActiveShift.Displacements.WHOLE, 0), 1, -2, 0, 1);
        assertThat(gradient(whole)).isEqualTo(gradient(real)).isNotEqualTo(new float[gradient(real).length]);
        // and between them the whole one still looks there
        Network between = shifted(new ActiveShift(ActiveShift.Displacements.WHOLE, 0), 1.4f, -2.5f, -0.3f, 0.5f);
        INDArray features = Networks.features(real.structure(), BATCH, 2);
        assertThat(trainable(between).logits(features))
                .isEqualTo(trainable(real).logits(features));
    }

    @Test
    void aPenaltyDrawsDisplacementsToZero() {
        float[] free = gradient(shifted(new ActiveShift(ActiveShift.Displacements.WHOLE, 0), 1, -2, 0, 0.25f));
        float[] penalised = gradient(shifted(new ActiveShift(ActiveShift.Displacements.WHOLE, 0.5), 1, -2, 0, 0.25f));
        // the displacements are the first parameters: 0.5 · sign of each
        float[] expected = free.clone();
        expected[0] += 0.5f;
        expected[1] -= 0.5f;
        expected[3] += 0.5f;
        assertThat(penalised).containsExactly(expected, within(1e-5f));
    }

    /** Two channels that are shifted and then mixed. */
    private static Network shifted(ActiveShift shift, float... displacements) {
        Structure structure = Structure.from(Shape.image(2, 6, 5))
                .then("shift", shift)
                .then("mixed", new Layer.Conv(3, Window.same(3), Layer.Bias.NONE))
                .then("tanh", new Activate(Activate.Function.TANH))
                .then("logits", new Layer.GlobalAveragePool())
                .build();
        Network random = Networks.randomised(structure, 1);
        Map<String, Tensor> parameters = new HashMap<>(random.parameters());
        parameters.put("shift/displacement", new Tensor(List.of(2, 2), displacements));
        return new Network(structure, parameters);
    }

    private static Structure smooth(Structure structure) {
        List<Node> nodes = structure.nodes().stream()
                .map(node -> new Node(node.name(), smooth(node.layer()), node.inputs()))
                .toList();
        return structure.withNodes(nodes);
    }

    private static Layer smooth(Layer layer) {
        if (layer instanceof ActiveShift) {
            return new ActiveShift(ActiveShift.Displacements.REAL, 0);
        }
        return layer instanceof Activate ? new Activate(Activate.Function.TANH) : layer;
    }

    private static float[] gradient(Network network) {
        Dl4jNetwork trainable = trainable(network);
        return gradient(trainable, trainable.state(), network.structure());
    }

    /** After one step of plain descent at rate 1, start minus result is the gradient. */
    private static float[] gradient(Dl4jNetwork trainable, TrainingState start, Structure structure) {
        loss(trainable, start, structure);
        float[] after = trainable.state().parameters();
        float[] gradient = new float[after.length];
        for (int i = 0; i < after.length; i++) {
            gradient[i] = start.parameters()[i] - after[i];
        }
        return gradient;
    }

    private static double loss(Dl4jNetwork trainable, TrainingState state, Structure structure) {
        trainable.restore(state);
        return trainable.step(Networks.features(structure, BATCH, 2), Networks.targets(structure, BATCH, 3));
    }

    private static Dl4jNetwork trainable(Network network) {
        return Dl4jNetwork.of(network, new Sgd(1), 0, new PackedCrossEntropy(), LayerSet.FUSED);
    }

    private static float[] direction(SplittableRandom random, boolean[] statistic, int from) {
        float[] direction = new float[statistic.length];
        int to = Math.min(from + PARAMETERS_AT_A_TIME, direction.length);
        for (int i = from; i < to; i++) {
            direction[i] = statistic[i] ? 0 : random.nextBoolean() ? 0.2f : -0.2f;
        }
        return direction;
    }

    private static TrainingState moved(TrainingState state, float[] direction, float by) {
        float[] parameters = state.parameters().clone();
        for (int i = 0; i < parameters.length; i++) {
            parameters[i] += by * direction[i];
        }
        return new TrainingState(parameters, state.updaterState(), state.iteration());
    }

    private static double dot(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += (double) a[i] * b[i];
        }
        return sum;
    }
}
