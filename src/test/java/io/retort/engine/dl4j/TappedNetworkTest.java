package io.retort.engine.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.retort.engine.Batch;
import io.retort.engine.TrainableNetwork.TapHead;
import io.retort.engine.TrainableNetwork.TrainingState;
import io.retort.network.Network;
import io.retort.network.Structure;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.NoOp;
import org.nd4j.linalg.learning.config.Sgd;

/** Heads at taps, beside that of the logits. */
class TappedNetworkTest {
    private static final int SAMPLES = 6;

    static {
        NativeBackend.configure();
    }

    @Test
    void aHeadSeesWhatItsNodeGivesChannelsFirst() {
        Structure structure = Networks.everyLayer();
        Network network = Networks.randomised(structure, 1);
        Map<String, double[]> seen = new HashMap<>();
        List<TapHead> heads = new ArrayList<>();
        List<float[]> labels = new ArrayList<>();
        for (String node : structure.taps().keySet()) {
            heads.add(new TapHead(node, OptionalInt.empty(), 1, (batch, student, teacher, gradient) -> {
                seen.put(node, student);
                return 0;
            }));
            labels.add(new float[SAMPLES]);
        }
        tapped(network, new NoOp(), heads).step(batch(structure, labels));

        GraphPlan stock = GraphPlan.of(
                structure,
                LayerSet.STOCK,
                new GraphPlan.Training(new NoOp(), 0),
                LogitsHead.of(new PackedCrossEntropy()),
                List.of());
        Map<String, INDArray> expected = Dl4jNetwork.withParameters(network, stock)
                .graph()
                .feedForward(Networks.features(structure, SAMPLES, 2), true);
        assertThat(seen).hasSizeGreaterThan(15);
        seen.forEach((node, values) -> assertThat(values)
                .as(node)
                .containsExactly(
                        expected.get(stock.assembly().vertex(node))
                                .dup('c')
                                .data()
                                .asDouble(),
                        within(2e-3)));
    }

    @Test
    void theGradientIsThatOfTheWholeLossByEveryParameter() {
        Structure structure = Networks.residual();
        Network network = Networks.randomised(structure, 3);
        // "stem-bn" is before its activation, "stem-relu" is read by two others, "global" is a vector.
        List<TapHead> heads = List.of(
                linear("stem-bn", OptionalInt.empty()),
                linear("stem-relu", OptionalInt.of(3)),
                linear("a-relu", OptionalInt.of(5)));
        Batch batch = batch(structure, List.of(new float[SAMPLES], new float[SAMPLES], new float[SAMPLES]));
        Dl4jNetwork once = tapped(network, new Sgd(1), heads);
        float[] before = once.state().parameters();
        once.step(batch);
        float[] after = once.state().parameters();

        Dl4jNetwork probe = tapped(network, new NoOp(), heads);
        SplittableRandom random = new SplittableRandom(4);
        float step = 2e-3f;
        double error = 0;
        double size = 0;
        for (int i = 0; i < 30; i++) {
            int at = random.nextInt(before.length);
            if (once.statisticRanges().stream().anyMatch(range -> range.from() <= at && at < range.to())) {
                continue;
            }
            double slope =
                    (lossAt(probe, batch, before, at, step) - lossAt(probe, batch, before, at, -step)) / (2 * step);
            error += Math.pow(before[at] - after[at] - slope, 2);
            size += slope * slope;
        }
        // Differences are of float32, and some step over the bend of a ReLU.
        assertThat(Math.sqrt(error / size)).isLessThan(0.03);
    }

    @Test
    void withoutHeadsOrWithAHeadThatWantsNothingTheNetworkIsTrainedAsEver() {
        Structure structure = Networks.residual();
        Network network = Networks.randomised(structure, 5);
        TapHead idle = new TapHead("a-relu", OptionalInt.of(7), 1, (batch, student, teacher, gradient) -> 0);
        Dl4jNetwork plain = Dl4jNetwork.of(network, new Adam(0.01), 0.001, new PackedCrossEntropy());
        Dl4jNetwork without = tapped(network, new Adam(0.01), List.of());
        Dl4jNetwork with = tapped(network, new Adam(0.01), List.of(idle));
        for (int i = 0; i < 3; i++) {
            double loss = plain.step(batch(structure, List.of()));
            assertThat(without.step(batch(structure, List.of()))).isEqualTo(loss);
            assertThat(with.step(batch(structure, List.of(new float[SAMPLES])))).isEqualTo(loss);
        }
        assertThat(without.network()).isEqualTo(plain.network());
        assertThat(with.network()).isEqualTo(plain.network());
    }

    @Test
    void aConnectorIsInTheStateAndNotInTheNetwork() {
        Structure structure = Networks.residual();
        Network network = Networks.randomised(structure, 5);
        Dl4jNetwork tapped = tapped(network, new Adam(0.01), List.of(linear("a-relu", OptionalInt.of(7))));
        int plain = Dl4jNetwork.of(network, new Adam(0.01), 0.001, new PackedCrossEntropy())
                .state()
                .parameters()
                .length;
        assertThat(tapped.state().parameters()).hasSize(plain + 4 * 7 + 7); // 4 channels to 7, with bias
        assertThat(tapped.network()).isEqualTo(network);
        tapped.observe(Networks.features(structure, SAMPLES, 2)); // with heads that have no labels
        assertThat(tapped.logits(Networks.features(structure, SAMPLES, 2)).shape())
                .containsExactly(SAMPLES, structure.classes());
    }

    @Test
    void goesOnFromAStateWithTheSameBits() {
        Structure structure = Networks.residual();
        List<TapHead> heads = List.of(linear("a-relu", OptionalInt.of(7)));
        Batch batch = batch(structure, List.of(new float[SAMPLES]));
        Dl4jNetwork undisturbed = tapped(Networks.randomised(structure, 5), new Adam(0.01), heads);
        undisturbed.step(batch);
        TrainingState state = undisturbed.state();
        undisturbed.step(batch);
        Dl4jNetwork resumed = tapped(Networks.randomised(structure, 6), new Adam(0.01), heads);
        resumed.restore(state);
        resumed.step(batch);
        assertThat(resumed.state().parameters()).isEqualTo(undisturbed.state().parameters());
        assertThat(resumed.state().updaterState()).isEqualTo(undisturbed.state().updaterState());
    }

    @Test
    void refusesHeadsOnStockLayers() {
        assertThatThrownBy(() -> GraphPlan.of(
                        Networks.residual(),
                        LayerSet.STOCK,
                        new GraphPlan.Training(new NoOp(), 0),
                        LogitsHead.of(new PackedCrossEntropy()),
                        List.of(linear("a-relu", OptionalInt.empty()))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("heads at taps need the fused layers, was STOCK");
    }

    /** The mean over the batch of {@code Σ cos(position) · feature}. */
    private static TapHead linear(String node, OptionalInt connectorOutputs) {
        return new TapHead(node, connectorOutputs, 9, (batch, student, teacher, gradient) -> {
            double sum = 0;
            int width = student.length / batch;
            for (int i = 0; i < student.length; i++) {
                sum += Math.cos(i % width) * student[i] / batch;
                gradient[i] += Math.cos(i % width) / batch;
            }
            return sum;
        });
    }

    private static double lossAt(Dl4jNetwork probe, Batch batch, float[] parameters, int at, float by) {
        float[] moved = parameters.clone();
        moved[at] += by;
        probe.restore(new TrainingState(moved, new float[0], 0));
        return probe.step(batch);
    }

    private static Dl4jNetwork tapped(Network network, IUpdater updater, List<TapHead> heads) {
        return Dl4jNetwork.tapped(
                network, updater, updater instanceof Adam ? 0.001 : 0, new PackedCrossEntropy(), heads);
    }

    private static Batch batch(Structure structure, List<float[]> taps) {
        return new Batch(
                Networks.features(structure, SAMPLES, 2).data().asFloat(),
                Networks.targets(structure, SAMPLES, 3).data().asFloat(),
                SAMPLES,
                taps);
    }
}
