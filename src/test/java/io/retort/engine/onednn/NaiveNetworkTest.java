package io.retort.engine.onednn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.retort.engine.Batch;
import io.retort.engine.TrainableNetwork.Precision;
import io.retort.engine.TrainableNetwork.TapHead;
import io.retort.engine.onnx.ReferenceNetwork;
import io.retort.network.InputScaling;
import io.retort.network.Layer;
import io.retort.network.MovingLayer.ActiveShift;
import io.retort.network.Network;
import io.retort.network.Shape;
import io.retort.network.Structure;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.learning.config.Sgd;

/**
 * oneDNN's gradients, in float32, against the formulas in doubles, and those against central differences: each layer
 * and every block, at odd sizes, and losses at taps.
 *
 * <p>Gradients are apart by at most {@value #TOLERANCE} of the greatest value of a tensor's gradient, or of a tenth of
 * that of the whole network, since a BatchNorm behind them leaves of some parameters' gradients nothing but rounding
 * errors. Two were apart by 1.1e-5 and 1.4e-5, behind BatchNorms of two and three values, all others by less than 7e-6.
 */
class NaiveNetworkTest {
    private static final double TOLERANCE = 3e-5;
    private static final double STEP = 1e-6;

    static Stream<Arguments> layers() {
        return OddNetworks.layers();
    }

    static Stream<Arguments> blocks() {
        return OddNetworks.blocks(Shape.image(3, 9, 7));
    }

    static Stream<Arguments> fewLayers() {
        return OddNetworks.layersOf(3);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("layers")
    void oneDnnComputesTheFormulas(String name, Network network) {
        for (int size : new int[] {7, 1, 2}) {
            assertAgree(network, EnginesAgreeTest.batch(network.structure(), size), List.of());
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("blocks")
    void oneDnnComputesTheFormulasOfBlocks(String name, Network network) {
        assertAgree(network, EnginesAgreeTest.batch(network.structure(), 3), List.of());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fewLayers")
    void oneDnnComputesTheFormulasOfTaps(String name, Network network) {
        List<TapHead> heads = heads(network.structure());
        assertAgree(network, tapped(network.structure(), 5, heads), heads);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fewLayers")
    void formulasAgreeWithCentralDifferences(String name, Network network) {
        Structure structure = network.structure();
        if (isRounded(structure)) {
            return; // rounding has no derivative
        }
        List<TapHead> heads = heads(structure);
        Batch batch = tapped(structure, 2, heads);
        NaiveNetwork naive = new NaiveNetwork(structure, EnginesAgreeTest.objective(), heads);
        Map<String, double[]> parameters = naive.parameters(network);
        SplittableRandom random = new SplittableRandom(5);
        naive.step(parameters, batch).gradients().forEach((parameter, gradient) -> {
            double[] direction = random.doubles(gradient.length, -1, 1).toArray();
            double slope = 0;
            for (int i = 0; i < gradient.length; i++) {
                slope += gradient[i] * direction[i];
            }
            if (!parameter.endsWith("/mean") && !parameter.endsWith("/variance") && !isRounded(structure, parameter)) {
                double up = naive.step(moved(parameters, parameter, direction, STEP), batch)
                        .objective();
                double down = naive.step(moved(parameters, parameter, direction, -STEP), batch)
                        .objective();
                assertThat((up - down) / (2 * STEP))
                        .as(parameter)
                        .isCloseTo(slope, within(1e-7 * (1 + Math.abs(slope))));
            }
        });
    }

    private static boolean isRounded(Structure structure) {
        return structure.nodes().stream().anyMatch(node -> node.layer() instanceof Layer.FakeQuantize);
    }

    /** Displacements that are rounded before they are used. */
    private static boolean isRounded(Structure structure, String parameter) {
        return structure.nodes().stream()
                .anyMatch(node -> node.parameter("displacement").equals(parameter)
                        && node.layer() instanceof ActiveShift shift
                        && shift.displacements() == ActiveShift.Displacements.WHOLE);
    }

    private static Map<String, double[]> moved(
            Map<String, double[]> parameters, String parameter, double[] direction, double by) {
        Map<String, double[]> moved = new LinkedHashMap<>(parameters);
        double[] values = parameters.get(parameter).clone();
        for (int i = 0; i < values.length; i++) {
            values[i] += by * direction[i];
        }
        moved.put(parameter, values);
        return moved;
    }

    /** A loss at every second node, behind a connector at every fourth. */
    private static List<TapHead> heads(Structure structure) {
        List<TapHead> heads = new ArrayList<>();
        List<String> nodes = List.copyOf(structure.taps().keySet());
        for (int i = 0; i < nodes.size(); i += 2) {
            OptionalInt outputs = i % 4 == 0 ? OptionalInt.of(3) : OptionalInt.empty();
            heads.add(new TapHead(nodes.get(i), outputs, i, (rows, student, teacher, gradient) -> {
                double sum = 0;
                for (int at = 0; at < student.length; at++) {
                    double apart = student[at] - teacher[at % teacher.length];
                    gradient[at] += apart / student.length;
                    sum += apart * apart / (2 * student.length);
                }
                return sum;
            }));
        }
        return heads;
    }

    private static Batch tapped(Structure structure, int size, List<TapHead> heads) {
        Batch batch = EnginesAgreeTest.batch(structure, size);
        List<float[]> teacher =
                heads.stream().map(head -> new float[] {1, -2, 0.5f, 3, -1}).toList();
        return new Batch(batch.features(), batch.targets(), size, teacher);
    }

    private static void assertAgree(Network network, Batch batch, List<TapHead> heads) {
        NaiveNetwork naive = new NaiveNetwork(network.structure(), EnginesAgreeTest.objective(), heads);
        Map<String, double[]> parameters = naive.parameters(network);
        NaiveNetwork.Step expected = naive.step(parameters, batch);
        FlatParameters places = FlatParameters.of(network.structure(), heads);
        double largest = expected.gradients().values().stream()
                .mapToDouble(NaiveNetworkTest::largest)
                .max()
                .orElseThrow();
        try (OneDnnNetwork computed =
                OneDnnNetwork.of(network, Precision.FLOAT32, new Sgd(1), 0, EnginesAgreeTest.objective(), heads)) {
            if (!isRounded(network.structure())) { // the reference knows no rounded weights
                double[] logits = NaiveNetwork.doubles(inferred(network).logits(batch.features(), batch.size()));
                assertThat(NaiveNetwork.doubles(computed.logits(batch.features(), batch.size())))
                        .containsExactly(logits, within(TOLERANCE * largest(logits)));
            }
            float[] flat = new float[computed.gradientLength()];
            assertThat(computed.gradient(batch, 1, flat))
                    .isCloseTo(expected.loss(), within(TOLERANCE * expected.loss()));
            expected.gradients().forEach((name, gradient) -> {
                FlatParameters.Range range = places.range(name);
                double[] ours = NaiveNetwork.doubles(Arrays.copyOfRange(flat, range.from(), range.to()));
                double allowed = TOLERANCE * Math.max(largest(gradient), 0.1 * largest);
                assertThat(ours).as(name).containsExactly(gradient, within(allowed));
            });
        }
    }

    /** Of features that are scaled already. */
    private static ReferenceNetwork inferred(Network network) {
        Structure structure = network.structure();
        InputScaling none = InputScaling.none(structure.input().channels());
        return new ReferenceNetwork(new Network(structure.withScaling(none), network.parameters()));
    }

    private static double largest(double[] values) {
        return Arrays.stream(values).map(Math::abs).max().orElse(0);
    }
}
