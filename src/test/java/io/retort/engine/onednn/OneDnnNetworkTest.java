package io.retort.engine.onednn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.retort.engine.Batch;
import io.retort.engine.TrainableNetwork;
import io.retort.engine.TrainableNetwork.Precision;
import io.retort.engine.TrainableNetwork.TapHead;
import io.retort.engine.TrainableNetwork.TrainingState;
import io.retort.engine.dl4j.Dl4jNetwork;
import io.retort.network.ChannelMoments;
import io.retort.network.Layer;
import io.retort.network.Layer.Bias;
import io.retort.network.Mask;
import io.retort.network.Network;
import io.retort.network.RandomNetworks;
import io.retort.network.Shape;
import io.retort.network.ShapeException;
import io.retort.network.Structure;
import io.retort.network.Window;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.Sgd;

/** What a training does beside single gradients, against DL4J's where the two must agree. */
class OneDnnNetworkTest {
    private static final Structure STRUCTURE = Structure.from(Shape.image(3, 8, 7))
            .then("conv", new Layer.Conv(6, Window.same(3), Bias.NONE))
            .then("norm", Layer.BatchNorm.standard())
            .then("relu", new Layer.Activate(Layer.Activate.Function.RELU))
            .then("pool", new Layer.Pool(Layer.Pool.Kind.MAX, new Window(2, 2, 2, 2, 0, 0)))
            .then("deep", new Layer.DepthwiseConv(Window.same(3), Bias.NONE))
            .then("deep-norm", new Layer.BatchNorm(1e-3, 0.8))
            .then("global", new Layer.GlobalAveragePool())
            .then("logits", new Layer.Dense(5, Bias.PER_CHANNEL))
            .build();

    private static final Network START = RandomNetworks.of(STRUCTURE, 2);

    private static OneDnnNetwork ours(IUpdater updater, double decay, List<TapHead> taps) {
        return OneDnnNetwork.of(START, Precision.FLOAT32, updater, decay, EnginesAgreeTest.objective(), taps);
    }

    private static Dl4jNetwork theirs(IUpdater updater, double decay, List<TapHead> taps) {
        return Dl4jNetwork.tapped(START, updater, decay, EnginesAgreeTest.objective(), taps);
    }

    private static Batch batch(int size) {
        return EnginesAgreeTest.batch(STRUCTURE, size);
    }

    private static void assertClose(Network ours, Network theirs, double tolerance) {
        ours.parameters()
                .forEach((name, tensor) -> assertThat(tensor.values())
                        .as(name)
                        .containsExactly(theirs.parameter(name).values(), within((float) tolerance)));
    }

    static Stream<IUpdater> updaters() {
        return Stream.of(new Adam(0.01), new Nesterovs(0.05, 0.9), new Sgd(0.1));
    }

    @ParameterizedTest
    @MethodSource("updaters")
    void stepsFollowDl4js(IUpdater updater) {
        try (TrainableNetwork ours = ours(updater, 0.1, List.of()).penalisingScales(0.02);
                TrainableNetwork theirs = theirs(updater, 0.1, List.of()).penalisingScales(0.02)) {
            for (int size : new int[] {6, 3, 6, 6}) { // the smaller batch shares the memory
                assertThat(ours.step(batch(size))).isCloseTo(theirs.step(batch(size)), within(1e-3));
            }
            assertClose(ours.network(), theirs.network(), 2e-3);
            assertThat(ours.network()).isNotEqualTo(START);
        }
    }

    @Test
    void gradientsOfPartsAddUpToTheStep() {
        try (TrainableNetwork parts = ours(new Sgd(0.1), 0, List.of());
                TrainableNetwork whole = ours(new Sgd(0.1), 0, List.of())) {
            float[] sum = new float[parts.gradientLength()];
            float[] part = new float[sum.length];
            for (int i = 0; i < 2; i++) {
                parts.gradient(batch(4), 0.5f, part);
                for (int at = 0; at < sum.length; at++) {
                    sum[at] += part[at];
                }
            }
            parts.update(sum);
            whole.step(batch(4));
            assertClose(parts.network(), whole.network(), 1e-6);
        }
    }

    @Test
    void twoAtOnceGiveTheSameBytesAsOneAndSoDoesOneThatGoesOn() {
        List<CompletableFuture<TrainingState>> both = Stream.of(1, 2)
                .map(replica -> CompletableFuture.supplyAsync(() -> trained(20)))
                .toList();
        TrainingState undisturbed = trained(20);
        both.forEach(each -> assertThat(each.join()).usingRecursiveComparison().isEqualTo(undisturbed));
        try (OneDnnNetwork resumed = ours(new Adam(0.01), 0.001, List.of())) {
            resumed.restore(trained(12));
            for (int step = 12; step < 20; step++) {
                resumed.step(batch(5 + step % 2));
            }
            assertThat(resumed.state()).usingRecursiveComparison().isEqualTo(undisturbed);
        }
    }

    private static TrainingState trained(int steps) {
        try (OneDnnNetwork network = ours(new Adam(0.01), 0.001, List.of())) {
            for (int step = 0; step < steps; step++) {
                network.step(batch(5 + step % 2));
            }
            return network.state();
        }
    }

    @Test
    void lossesAtTapsAreTrainedWithTheirConnectors() {
        List<TapHead> taps = new ArrayList<>();
        for (String node : List.of("norm", "pool", "global")) {
            OptionalInt outputs = node.equals("norm") ? OptionalInt.empty() : OptionalInt.of(4);
            taps.add(new TapHead(node, outputs, 7, (rows, student, teacher, gradient) -> {
                double sum = 0;
                for (int i = 0; i < student.length; i++) { // each place has a slope of its own
                    double slope = (i % 11 - 5 + teacher[0]) / student.length;
                    gradient[i] += slope;
                    sum += slope * student[i];
                }
                return sum;
            }));
        }
        Batch plain = batch(4);
        List<float[]> teacher = List.of(new float[] {1, 1, 1, 1}, new float[] {2, 2, 2, 2}, new float[] {3, 3, 3, 3});
        Batch batch = new Batch(plain.features(), plain.targets(), 4, teacher);
        try (TrainableNetwork ours = ours(new Sgd(0.5), 0.01, taps);
                TrainableNetwork theirs = theirs(new Sgd(0.5), 0.01, taps)) {
            for (int step = 0; step < 3; step++) { // from the second on connectors have moved
                assertThat(ours.step(batch)).isCloseTo(theirs.step(batch), within(1e-4));
            }
            assertClose(ours.network(), theirs.network(), 2e-4);
            assertThat(ours.gradientLength()).isEqualTo(theirs.gradientLength());
        }
    }

    @Test
    void observesTheMomentsBeforeEachBatchNorm() {
        try (TrainableNetwork ours = ours(new Sgd(0.1), 0, List.of());
                TrainableNetwork theirs = theirs(new Sgd(0.1), 0, List.of())) {
            for (TrainableNetwork each : List.of(ours, theirs)) {
                each.beginStatistics();
                each.observe(batch(6).features(), 6);
                each.observe(batch(2).features(), 2);
            }
            Map<String, ChannelMoments> expected = theirs.statistics();
            assertThat(ours.statistics()).hasSameSizeAs(expected);
            expected.forEach((node, moments) -> {
                assertThat(ours.statistics().get(node).count()).isEqualTo(moments.count());
                assertThat(ours.statistics().get(node).mean()).containsExactly(moments.mean(), within(1e-4));
                assertThat(ours.statistics().get(node).squares())
                        .containsExactly(
                                moments.squares(),
                                within(1e-3
                                        * Arrays.stream(moments.squares()).max().orElseThrow()));
            });
            assertClose(ours.network(), theirs.network(), 1e-4);
        }
    }

    @Test
    void keepsMaskedWeightsAtZero() {
        Network sparse = Mask.ofZeros(START, List.of()).applied(START);
        float[] weights = sparse.parameter("logits/weight").values();
        for (int i = 0; i < weights.length; i += 2) {
            weights[i] = 0;
        }
        Mask mask = Mask.ofZeros(sparse, List.of("logits/weight"));
        try (OneDnnNetwork network = OneDnnNetwork.of(
                        sparse, Precision.FLOAT32, new Adam(0.01), 0.1, EnginesAgreeTest.objective(), List.of())
                .keeping(mask)) {
            for (int step = 0; step < 3; step++) {
                network.step(batch(4));
            }
            float[] trained = network.network().parameter("logits/weight").values();
            for (int i = 0; i < trained.length; i++) {
                assertThat(trained[i] == 0).isEqualTo(i % 2 == 0);
            }
        }
    }

    @Test
    void refusesStatesThatDoNotFit() {
        try (OneDnnNetwork network = ours(new Sgd(1), 0, List.of())) {
            assertThatThrownBy(() -> network.restore(new TrainingState(new float[3], new float[0], 0)))
                    .isInstanceOf(ShapeException.class)
                    .hasMessage("a training state of 3 parameters and 0 updater values does not fit this network, which"
                            + " has " + network.gradientLength() + " and 0");
        }
    }
}
