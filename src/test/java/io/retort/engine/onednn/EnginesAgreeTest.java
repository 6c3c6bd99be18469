package io.retort.engine.onednn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.retort.data.Labels;
import io.retort.distill.Engine;
import io.retort.distill.loss.CrossEntropyLoss;
import io.retort.distill.loss.Objective;
import io.retort.distill.loss.Signals.SignalLayout;
import io.retort.engine.Batch;
import io.retort.engine.TrainableNetwork;
import io.retort.engine.TrainableNetwork.Precision;
import io.retort.engine.dl4j.Dl4jNetwork;
import io.retort.network.Network;
import io.retort.network.Structure;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Sgd;

/**
 * oneDNN's steps against DL4J's, both in float32: each layer at odd sizes, every block and every architecture.
 *
 * <p>Gradients differ by at most 0.002 of the greatest value of a tensor's gradient, or of a hundredth of that of the
 * whole network, since a BatchNorm behind them leaves of some parameters' gradients nothing but rounding errors. Most
 * differ by less than 3e-5.
 */
class EnginesAgreeTest {
    private static final double TOLERANCE = 6e-4;
    private static final int MOVED = 16;

    static Stream<Arguments> networks() {
        return OddNetworks.all();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("networks")
    void stepsAgree(String name, Network network) {
        IUpdater descent = new Sgd(1); // one step of which takes the gradient away from the parameters
        for (int size : new int[] {7, 1, 2}) {
            Batch batch = batch(network.structure(), size);
            try (TrainableNetwork ours =
                            OneDnnNetwork.of(network, Precision.FLOAT32, descent, 0, objective(), List.of());
                    TrainableNetwork theirs = Dl4jNetwork.of(network, descent, 0, objective())) {
                float[] expected = theirs.logits(batch.features(), size);
                assertThat(difference(ours.logits(batch.features(), size), expected, 0))
                        .isLessThan(2e-6);
                double loss = theirs.step(batch);
                assertThat(ours.step(batch)).isCloseTo(loss, within(3e-5 * loss));
                assertGradientsAgree(network, ours.network(), theirs.network(), batch);
            }
        }
    }

    /**
     * A gradient jumps where a ReLU's input is all but 0: there the engines need agree only as well as one of them does
     * with itself on features that are moved by some millionths.
     */
    private static void assertGradientsAgree(Network before, Network ours, Network theirs, Batch batch) {
        double off = gradientDifference(before, ours, theirs);
        if (off > TOLERANCE) {
            double own = IntStream.range(0, MOVED)
                    .mapToObj(seed -> moved(batch, seed))
                    .mapToDouble(moved -> Math.max(
                            gradientDifference(before, stepped(before, moved, Engine.DL4J), theirs),
                            gradientDifference(before, stepped(before, moved, Engine.ONEDNN), ours)))
                    .max()
                    .orElseThrow();
            assertThat(off).as("each engine is off from itself by " + own).isLessThan(1.1 * own);
        }
    }

    private static Network stepped(Network network, Batch batch, Engine engine) {
        try (TrainableNetwork trained = engine.begin(network, new Sgd(1), 0, objective(), List.of())) {
            trained.step(batch);
            return trained.network();
        }
    }

    private static Batch moved(Batch batch, int seed) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] features = batch.features().clone();
        for (int i = 0; i < features.length; i++) {
            features[i] *= (float) (1 + 1e-6 * random.nextGaussian());
        }
        return new Batch(features, batch.targets(), batch.size());
    }

    private static double gradientDifference(Network before, Network ours, Network theirs) {
        double largest = before.parameters().keySet().stream()
                .mapToDouble(name -> largest(minus(before, theirs, name)))
                .max()
                .orElseThrow();
        assertThat(largest).isGreaterThan(1e-3);
        return before.parameters().keySet().stream()
                .mapToDouble(name -> difference(minus(before, ours, name), minus(before, theirs, name), 1e-2 * largest))
                .max()
                .orElseThrow();
    }

    private static float[] minus(Network before, Network after, String parameter) {
        float[] difference = before.parameter(parameter).values().clone();
        float[] moved = after.parameter(parameter).values();
        for (int i = 0; i < difference.length; i++) {
            difference[i] -= moved[i];
        }
        return difference;
    }

    private static double largest(float[] values) {
        double largest = 0;
        for (float value : values) {
            largest = Math.max(largest, Math.abs(value));
        }
        return largest;
    }

    /** The greatest difference as a part of the greatest expected value, or of {@code least}. */
    private static double difference(float[] values, float[] expected, double least) {
        assertThat(values).hasSameSizeAs(expected);
        float[] differences = expected.clone();
        for (int i = 0; i < values.length; i++) {
            differences[i] -= values[i];
            assertThat(values[i]).isFinite();
        }
        return largest(differences) / Math.max(least, largest(expected));
    }

    static Objective objective() {
        return new Objective(
                List.of(new CrossEntropyLoss.Settings(1, 0)), new SignalLayout(OddNetworks.CLASSES, false));
    }

    static Batch batch(Structure structure, int size) {
        SplittableRandom random = new SplittableRandom(4);
        float[] features = new float[size * structure.input().elements()];
        for (int i = 0; i < features.length; i++) {
            features[i] = structure.vocabulary().isPresent()
                    ? random.nextInt(OddNetworks.TOKENS.size())
                    : (float) random.nextGaussian();
        }
        int[] labels = random.ints(size, 0, OddNetworks.CLASSES).toArray();
        return new Batch(
                features,
                new SignalLayout(OddNetworks.CLASSES, false).packed(Labels.ofClasses(labels), Optional.empty()),
                size);
    }
}
