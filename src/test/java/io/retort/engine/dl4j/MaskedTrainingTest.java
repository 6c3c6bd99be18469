package io.retort.engine.dl4j;

import static org.assertj.core.api.Assertions.assertThat;

import io.retort.data.Labels;
import io.retort.distill.Optimizer;
import io.retort.distill.loss.CrossEntropyLoss;
import io.retort.distill.loss.Objective;
import io.retort.distill.loss.Signals.SignalLayout;
import io.retort.distill.schedule.LearningRate;
import io.retort.engine.Batch;
import io.retort.network.Mask;
import io.retort.network.Network;
import io.retort.network.Shape;
import io.retort.network.Structure;
import io.retort.network.Tensor;
import io.retort.network.zoo.ConvNet;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a mask keeps at 0 is 0 after every step, and everything else learns. */
class MaskedTrainingTest {
    private static final SignalLayout SIGNALS = new SignalLayout(3, false);
    private static final Structure STRUCTURE =
            new ConvNet(List.of("cbr4", "dws6", "max")).build(Shape.image(1, 8, 8), 3);

    static List<Optimizer> optimizers() {
        return List.of(new Optimizer.Adam(0.9, 0.999, 1e-8), new Optimizer.Nesterov(0.9), new Optimizer.Sgd());
    }

    @ParameterizedTest
    @MethodSource("optimizers")
    void zerosStayUnderEveryOptimiserAndWeightDecay(Optimizer optimizer) {
        Network start = Network.initialised(STRUCTURE, 1);
        Dl4jNetwork trained = trainable(start, optimizer);
        for (int step = 0; step < 5; step++) {
            trained.step(batch(step)); // momentum and moments that pull at every weight
        }
        Network half = withZeros(trained.network());
        Mask mask = Mask.ofZeros(half, weights(half));
        trained.keeping(mask);
        for (int step = 5; step < 15; step++) {
            trained.step(batch(step));
            assertThat(Mask.ofZeros(trained.network(), weights(half))).isEqualTo(mask);
        }
        trained.network()
                .parameters()
                .forEach((name, tensor) -> assertThat(tensor).as(name).isNotEqualTo(half.parameter(name)));
    }

    @Test
    void everyOptimiserIsTried() {
        assertThat(optimizers())
                .extracting(optimizer -> Optimizer.CATALOGUE.kindOf(optimizer).name())
                .containsExactlyInAnyOrderElementsOf(Optimizer.CATALOGUE.names());
    }

    @Test
    void withoutTheMaskTheyWouldComeBack() {
        Network half = withZeros(Network.initialised(STRUCTURE, 1));
        Dl4jNetwork trained = trainable(half, new Optimizer.Nesterov(0.9));
        trained.step(batch(0));
        assertThat(Mask.ofZeros(trained.network(), weights(half)).count())
                .isLessThan(Mask.ofZeros(half, weights(half)).count() / 2);
    }

    private static Dl4jNetwork trainable(Network network, Optimizer optimizer) {
        return Dl4jNetwork.of(
                network,
                optimizer.create(new LearningRate(0.05, 0, new LearningRate.Decay.Constant()).over(100)),
                0.1,
                new Objective(List.of(new CrossEntropyLoss.Settings(1, 0)), SIGNALS));
    }

    private static Batch batch(int seed) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] features = new float[16 * STRUCTURE.input().elements()];
        int[] labels = new int[16];
        for (int i = 0; i < features.length; i++) {
            features[i] = (float) random.nextGaussian();
        }
        for (int i = 0; i < labels.length; i++) {
            labels[i] = random.nextInt(3);
        }
        return new Batch(features, SIGNALS.packed(Labels.ofClasses(labels), Optional.empty()), 16);
    }

    private static List<String> weights(Network network) {
        return network.parameters().keySet().stream()
                .filter(name -> name.endsWith("/weight"))
                .toList();
    }

    /** Every other weight is 0. */
    private static Network withZeros(Network network) {
        Map<String, Tensor> parameters = new LinkedHashMap<>(network.parameters());
        for (String name : new ArrayList<>(weights(network))) {
            float[] values = network.parameter(name).values().clone();
            for (int i = 0; i < values.length; i += 2) {
                values[i] = 0;
            }
            parameters.put(name, new Tensor(network.parameter(name).sizes(), values));
        }
        return new Network(network.structure(), parameters);
    }
}
