package io.retort.engine.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.retort.network.Layer.Bias;
import io.retort.network.Layer.Conv;
import io.retort.network.Layer.Dense;
import io.retort.network.Layer.DepthwiseConv;
import io.retort.network.Layer.FakeQuantize;
import io.retort.network.Layer.Flatten;
import io.retort.network.Layer.GroupedConv;
import io.retort.network.Layer.Pool;
import io.retort.network.Network;
import io.retort.network.Shape;
import io.retort.network.Structure;
import io.retort.network.Structure.Node;
import io.retort.network.Tensor;
import io.retort.network.Window;
import io.retort.network.int8.AffineCode;
import io.retort.network.int8.WeightCodes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Sgd;

/** Layers that read rounded values multiply rounded weights, and what is trained are the weights themselves. */
class RoundedTrainingTest {
    private static final int BITS = 4;
    private static final List<String> ROUNDED = List.of("conv", "depthwise", "dense");
    private static final Structure STRUCTURE = structure(BITS);

    private static Structure structure(int bits) {
        return Structure.from(Shape.image(2, 6, 6))
                .then("input.rounded", new FakeQuantize(3, bits))
                .then("conv", new Conv(4, Window.same(3), Bias.PER_CHANNEL))
                .then("conv.rounded", new FakeQuantize(-128, bits))
                .then("max", new Pool(Pool.Kind.MAX, new Window(2, 2, 2, 2, 0, 0)))
                .then("depthwise", new DepthwiseConv(Window.same(3), Bias.NONE))
                .then("depthwise.rounded", new FakeQuantize(0, bits))
                .then("grouped", new GroupedConv(4, 2, Window.same(3), Bias.PER_CHANNEL))
                .then("grouped.rounded", new FakeQuantize(0, bits))
                .then("flat", new Flatten())
                .then("dense", new Dense(3, Bias.PER_CHANNEL))
                .build();
    }

    /** Scales of a fiftieth, so that some values are clipped. */
    private static Network network() {
        Network network = Networks.randomised(STRUCTURE, 5);
        Map<String, Tensor> parameters = new HashMap<>(network.parameters());
        parameters.replaceAll((name, tensor) ->
                name.endsWith("/log-scale") ? new Tensor(List.of(1), new float[] {(float) Math.log(0.02)}) : tensor);
        return new Network(STRUCTURE, parameters);
    }

    private static Network withRoundedWeights(Network network) {
        Map<String, Tensor> parameters = new HashMap<>(network.parameters());
        ROUNDED.forEach(layer -> parameters.computeIfPresent(layer + "/weight", (name, weight) -> rounded(weight)));
        return new Network(network.structure(), parameters);
    }

    private static Tensor rounded(Tensor weight) {
        int outputs = weight.sizes().get(0);
        int perOutput = weight.values().length / outputs;
        List<AffineCode> codes = new ArrayList<>();
        for (int o = 0; o < outputs; o++) {
            float greatest = 0;
            for (int i = 0; i < perOutput; i++) {
                greatest = Math.max(greatest, Math.abs(weight.values()[o * perOutput + i]));
            }
            codes.add(AffineCode.symmetric(greatest, BITS));
        }
        return new WeightCodes(codes).roundTrip(weight);
    }

    private static Dl4jNetwork trainable(Network network, IUpdater updater) {
        return Dl4jNetwork.of(network, updater, 0, new PackedCrossEntropy());
    }

    @Test
    void multipliesRoundedWeights() {
        INDArray features = Networks.features(STRUCTURE, 7, 1);
        float[] logits =
                trainable(network(), new Sgd(0.1)).logits(features).data().asFloat();
        assertThat(logits)
                .isEqualTo(trainable(withRoundedWeights(network()), new Sgd(0.1))
                        .logits(features)
                        .data()
                        .asFloat());
    }

    @Test
    void theGradientIsThatOfTheRoundedWeightsAndMovesTheOnesThatAreKept() {
        INDArray features = Networks.features(STRUCTURE, 7, 1);
        INDArray targets = Networks.targets(STRUCTURE, 7, 2);
        Dl4jNetwork kept = trainable(network(), new Sgd(0.1));
        Dl4jNetwork rounded = trainable(withRoundedWeights(network()), new Sgd(0.1));
        assertThat(kept.step(features, targets)).isEqualTo(rounded.step(features, targets));
        for (Node node : STRUCTURE.nodes()) {
            for (String parameter : List.of("weight", "bias", "log-scale")) {
                String name = node.parameter(parameter);
                if (!STRUCTURE.parameterSpecs().containsKey(name)) {
                    continue;
                }
                float[] moved = moved(network(), kept.network(), name);
                float[] expected = moved(withRoundedWeights(network()), rounded.network(), name);
                assertThat(moved).as(name).hasSameSizeAs(expected).isNotEqualTo(new float[moved.length]);
                for (int i = 0; i < moved.length; i++) {
                    assertThat(moved[i]).as(name).isCloseTo(expected[i], within(1e-6f));
                }
            }
        }
    }

    private static float[] moved(Network before, Network after, String name) {
        float[] moved = after.parameter(name).values().clone();
        for (int i = 0; i < moved.length; i++) {
            moved[i] -= before.parameter(name).values()[i];
        }
        return moved;
    }

    @Test
    void learnsItsScales() {
        INDArray features = Networks.features(STRUCTURE, 32, 1);
        INDArray targets = Networks.targets(STRUCTURE, 32, 2);
        Dl4jNetwork trained = trainable(network(), new Sgd(0.05));
        double first = trained.step(features, targets);
        double last = first;
        for (int step = 0; step < 60; step++) {
            last = trained.step(features, targets);
        }
        assertThat(last).isLessThan(0.8 * first);
        assertThat(trained.network().parameter("conv.rounded/log-scale"))
                .isNotEqualTo(network().parameter("conv.rounded/log-scale"));
    }

    @Test
    void weightsThatAreNotFiniteAreLeftForTheLossToTell() {
        Network network = network();
        Map<String, Tensor> parameters = new HashMap<>(network.parameters());
        float[] values = network.parameter("dense/weight").values().clone();
        values[0] = Float.NaN;
        parameters.put(
                "dense/weight", new Tensor(network.parameter("dense/weight").sizes(), values));
        Dl4jNetwork broken = trainable(new Network(STRUCTURE, parameters), new Sgd(0.1));
        assertThat(broken.step(Networks.features(STRUCTURE, 4, 1), Networks.targets(STRUCTURE, 4, 2)))
                .isNaN();
    }
}
