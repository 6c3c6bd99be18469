package io.retort.engine.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.retort.compress.Stages;
import io.retort.network.Network;
import io.retort.network.Structure;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Sgd;

/** The pull of BatchNorm's scales towards 0, in our own layers and in DL4J's. */
class ScalePenaltyTest {
    static {
        NativeBackend.configure();
    }

    private static final double LAMBDA = 0.03;
    private static final int BATCH = 6;
    private static final Structure STRUCTURE = Networks.everyLayer();
    private static final List<String> SCALES = STRUCTURE.parameterSpecs().keySet().stream()
            .filter(name -> name.endsWith("/scale"))
            .toList();

    /** Scales of both signs, at least 0.2 away from 0 but for the first, which is 0. */
    private static Network start() {
        Network network = Networks.randomised(STRUCTURE, 3);
        SplittableRandom random = new SplittableRandom(5);
        for (String name : SCALES) {
            float[] values = network.parameter(name).values().clone();
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) ((0.2 + random.nextDouble()) * (random.nextBoolean() ? 1 : -1));
            }
            values[0] = 0;
            network = Stages.with(network, name, values);
        }
        return network;
    }

    /** After some steps; empty for a network that was never told of a penalty. */
    private static Network after(int steps, Optional<Double> lambda, IUpdater updater, LayerSet layers) {
        Dl4jNetwork trained = Dl4jNetwork.of(start(), updater, 0, new PackedCrossEntropy(), layers);
        lambda.ifPresent(trained::penalisingScales);
        for (int step = 0; step < steps; step++) {
            INDArray features = Networks.features(STRUCTURE, BATCH, 10 + step);
            trained.step(features, Networks.targets(STRUCTURE, BATCH, 20 + step));
        }
        return trained.network();
    }

    @ParameterizedTest
    @EnumSource(LayerSet.class)
    void theSubgradientIsThatOfTheSumOfMagnitudes(LayerSet layers) {
        // One step of plain descent at rate 1 takes the gradient away.
        Network plain = after(1, Optional.empty(), new Sgd(1), layers);
        Network penalised = after(1, Optional.of(LAMBDA), new Sgd(1), layers);
        double h = 1e-3;
        assertThat(SCALES).hasSizeGreaterThan(1);
        plain.parameters().forEach((name, tensor) -> {
            if (!SCALES.contains(name)) {
                assertThat(penalised.parameter(name)).as(name).isEqualTo(tensor);
                return;
            }
            float[] scales = start().parameter(name).values();
            for (int i = 0; i < scales.length; i++) {
                double slope = i == 0 ? 0 : LAMBDA * (Math.abs(scales[i] + h) - Math.abs(scales[i] - h)) / (2 * h);
                double difference =
                        (double) tensor.values()[i] - penalised.parameter(name).values()[i];
                assertThat(difference).as(name + " " + i).isCloseTo(slope, within(1e-6));
            }
        });
    }

    @Test
    void ownLayersAndThoseOfDl4jAgree() {
        Network fused = after(4, Optional.of(LAMBDA), new Sgd(0.05), LayerSet.FUSED);
        Network stock = after(4, Optional.of(LAMBDA), new Sgd(0.05), LayerSet.STOCK);
        fused.parameters().forEach((name, tensor) -> {
            float[] expected = stock.parameter(name).values();
            for (int i = 0; i < expected.length; i++) {
                assertThat(tensor.values()[i]).as(name).isCloseTo(expected[i], within(5e-4f));
            }
        });
    }

    @ParameterizedTest
    @EnumSource(LayerSet.class)
    void noPenaltyIsTheSameBits(LayerSet layers) {
        assertThat(after(4, Optional.of(0.0), new Adam(0.01), layers))
                .isEqualTo(after(4, Optional.empty(), new Adam(0.01), layers));
    }
}
