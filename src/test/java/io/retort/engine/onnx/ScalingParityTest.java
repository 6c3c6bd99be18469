package io.retort.engine.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.retort.distill.Engine;
import io.retort.engine.onnx.run.OnnxSession;
import io.retort.engine.onnx.write.OnnxModel;
import io.retort.network.InputScaling;
import io.retort.network.Network;
import io.retort.network.Shape;
import io.retort.network.zoo.PlainNetwork.Mlp;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** An exported network scales as its training did, whatever the unit of its columns and wherever their zero is. */
class ScalingParityTest {
    private static final int ROWS = 40;
    private static final int COLUMNS = 3;

    static Stream<Double> units() {
        return Stream.concat(
                IntStream.rangeClosed(-30, 30).mapToObj(power -> Math.pow(10, power)),
                Stream.of(0x1p-149, 1e-39, 1e37));
    }

    @ParameterizedTest
    @MethodSource("units")
    void unitsMakeNoDifference(double unit) {
        InputScaling scaling =
                new InputScaling(List.of(4 * unit, 7.3 * unit, 5 * unit), List.of(3 * unit, 2.1 * unit, unit));
        float[] logits = requireParity(scaling, features(0, unit));
        InputScaling plain = new InputScaling(List.of(4.0, 7.3, 5.0), List.of(3.0, 2.1, 1.0));
        float[] expected = requireParity(plain, features(0, 1));
        for (int i = 0; i < logits.length; i++) {
            assertThat(logits[i]).isCloseTo(expected[i], within(1e-4f));
        }
    }

    @ParameterizedTest
    @MethodSource("zeros")
    void smallVariationsAboutLargeNumbersAreKept(double zero) {
        InputScaling scaling = new InputScaling(
                List.of(zero + 4 * 64, zero + 7.3 * 64, zero + 5 * 64), List.of(3.0 * 64, 2.1 * 64, 64.0));
        float[] logits = requireParity(scaling, features(zero, 64));
        float[] expected =
                requireParity(new InputScaling(List.of(4.0, 7.3, 5.0), List.of(3.0, 2.1, 1.0)), features(0, 1));
        for (int i = 0; i < logits.length; i++) {
            assertThat(logits[i]).isCloseTo(expected[i], within(2e-3f));
        }
    }

    static Stream<Double> zeros() {
        return Stream.of(1e9, -1e9, 1e6);
    }

    private static float[] features(double zero, double unit) {
        return features(new SplittableRandom(5), (float) zero, unit);
    }

    private static float[] features(SplittableRandom random, double zero, double unit) {
        float[] features = new float[ROWS * COLUMNS];
        for (int i = 0; i < features.length; i++) {
            features[i] = (float) (zero + unit * random.nextInt(16));
        }
        return features;
    }

    /** What ONNX Runtime gives, which must be what DL4J gives. */
    private static float[] requireParity(InputScaling scaling, float[] features) {
        Network network = Network.initialised(
                new Mlp(List.of(5)).build(Shape.vector(COLUMNS), 2).withScaling(scaling), 7);
        float[] reference = Engine.AUTO.computing(network, computed -> computed.logits(features, ROWS));
        try (OnnxSession session = OnnxSession.open(OnnxModel.bytes(network, List.of("a", "b"), Map.of()), 1)) {
            float[] logits = session.logits(features, ROWS);
            assertThat(logits).containsExactly(reference, within(1e-5f));
            return logits;
        }
    }
}
