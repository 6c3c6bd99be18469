package io.retort.engine.onednn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.retort.engine.Batch;
import io.retort.engine.TrainableNetwork.Precision;
import io.retort.network.Network;
import io.retort.network.RandomNetworks;
import io.retort.network.Shape;
import io.retort.network.Structure;
import io.retort.network.zoo.ConvNet;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.learning.config.Adam;

/**
 * Trainings in bfloat16 beside float32: a number has 8 significant bits, so a gradient has the direction of float32's,
 * not its digits.
 */
class Bfloat16Test {
    private static final Structure STUDENT = new ConvNet.W1Student().build(Shape.image(1, 28, 28), OddNetworks.CLASSES);

    static Stream<Arguments> networks() {
        return OddNetworks.all();
    }

    @BeforeEach
    void needsTheInstructions() {
        assumeThat(OneDnnNetwork.obstacle(Precision.BFLOAT16)).isEmpty();
    }

    private static OneDnnNetwork training(Network network, Precision precision) {
        return OneDnnNetwork.of(network, precision, new Adam(0.01), 0, EnginesAgreeTest.objective(), List.of());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("networks")
    void gradientsHaveTheDirectionOfFloat32(String name, Network network) {
        for (int size : new int[] {7, 1, 2}) {
            Batch batch = EnginesAgreeTest.batch(network.structure(), size);
            try (OneDnnNetwork exact = training(network, Precision.FLOAT32);
                    OneDnnNetwork rounded = training(network, Precision.BFLOAT16)) {
                float[] expected = new float[exact.gradientLength()];
                float[] gradient = new float[expected.length];
                double loss = exact.gradient(batch, 1, expected);
                assertThat(rounded.gradient(batch, 1, gradient)).isCloseTo(loss, within(0.05 * (1 + loss)));
                assertThat(cosine(gradient, expected)).isGreaterThan(0.9);
                // what is exported computes in float32
                assertThat(rounded.logits(batch.features(), size)).isEqualTo(exact.logits(batch.features(), size));
            }
        }
    }

    private static double cosine(float[] first, float[] second) {
        double product = 0;
        double ofFirst = 0;
        double ofSecond = 0;
        for (int i = 0; i < first.length; i++) {
            product += (double) first[i] * second[i];
            ofFirst += (double) first[i] * first[i];
            ofSecond += (double) second[i] * second[i];
        }
        return product / Math.sqrt(ofFirst * ofSecond);
    }

    @Test
    void aTrainingLearnsAndGivesTheSameBytesAgain() {
        Network start = RandomNetworks.of(STUDENT, 1);
        Batch batch = EnginesAgreeTest.batch(STUDENT, 64);
        try (OneDnnNetwork first = training(start, Precision.BFLOAT16);
                OneDnnNetwork second = training(start, Precision.BFLOAT16)) {
            double before = first.step(batch);
            second.step(batch);
            for (int step = 0; step < 60; step++) {
                first.step(batch);
                second.step(batch);
            }
            assertThat(first.step(batch)).isLessThan(before / 4).isEqualTo(second.step(batch));
            assertThat(first.state()).usingRecursiveComparison().isEqualTo(second.state());
        }
    }

    @Test
    void aTrainingHasTheBytesThatArePlannedAndFewer() {
        long usual = OneDnnNetwork.trainingBytes(STUDENT, Precision.FLOAT32, List.of(), 64, 64);
        long planned = OneDnnNetwork.trainingBytes(STUDENT, Precision.BFLOAT16, List.of(), 64, 64);
        assertThat(planned).isLessThan(usual * 2 / 3);
        try (OneDnnNetwork network = training(RandomNetworks.of(STUDENT, 1), Precision.BFLOAT16)) {
            network.step(EnginesAgreeTest.batch(STUDENT, 64));
            network.beginStatistics();
            network.observe(EnginesAgreeTest.batch(STUDENT, 64).features(), 64);
            assertThat(network.nativeBytes()).isEqualTo(planned);
        }
    }

    @Test
    void networksOfImagesHaveNoSlowOperations() {
        for (Structure structure : List.of(STUDENT, new ConvNet.W1Teacher().build(Shape.image(1, 28, 28), 10))) {
            assertThat(OneDnnNetwork.obstacle(structure, Precision.BFLOAT16)).isEmpty();
        }
    }
}
