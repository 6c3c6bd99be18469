package io.retort.engine.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.retort.engine.TrainableNetwork.TrainingState;
import io.retort.engine.dl4j.LayerSet.UnsupportedLayerException;
import io.retort.network.Network;
import io.retort.network.ShapeException;
import io.retort.network.Structure;
import io.retort.network.Tensor;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.ops.transforms.Transforms;
import org.nd4j.linalg.schedule.MapSchedule;
import org.nd4j.linalg.schedule.ScheduleType;

class Dl4jNetworkTest {
    static {
        NativeBackend.configure();
    }

    private static final Map<String, Structure> STRUCTURES = Map.of(
            "every-layer", Networks.everyLayer(),
            "joined", Networks.joined(),
            "own-layers", Networks.ownLayers(),
            "perceptron", Networks.perceptron(),
            "residual", Networks.residual());

    static Stream<Arguments> structuresAndLayers() {
        return STRUCTURES.keySet().stream()
                .sorted()
                .flatMap(name -> Arrays.stream(LayerSet.values()).map(layers -> Arguments.of(name, layers)))
                .filter(arguments -> !List.of(arguments.get()).equals(List.of("own-layers", LayerSet.STOCK)));
    }

    static Stream<Arguments> structuresThatDl4jKnows() {
        return structuresAndLayers().filter(arguments -> !arguments.get()[0].equals("own-layers"));
    }

    @ParameterizedTest
    @MethodSource("structuresAndLayers")
    void returnsTheNetworkThatItWasGiven(String name, LayerSet layers) {
        Network network = Networks.randomised(STRUCTURES.get(name), 1);

        assertThat(trainable(network, layers).network()).isEqualTo(network);
    }

    @ParameterizedTest
    @MethodSource("structuresAndLayers")
    void learnsABatchByHeart(String name, LayerSet layers) {
        Structure structure = STRUCTURES.get(name);
        Dl4jNetwork trainable = trainable(Network.initialised(structure, 5), layers);
        INDArray features = Networks.features(structure, 16, 2);
        INDArray targets = Networks.targets(structure, 16, 3);

        double first = trainable.step(features, targets);
        double last = 0;
        for (int i = 0; i < 60; i++) {
            last = trainable.step(features, targets);
        }

        assertThat(last).isLessThan(0.7 * first);
    }

    @ParameterizedTest
    @MethodSource("structuresAndLayers")
    void goesOnFromAStateWithTheSameBits(String name, LayerSet layers) {
        Structure structure = STRUCTURES.get(name);
        Network start = Network.initialised(structure, 5);
        Dl4jNetwork undisturbed = trainable(start, layers);
        Dl4jNetwork again = trainable(start, layers);
        Dl4jNetwork resumed = trainable(Network.initialised(structure, 6), layers);
        for (int i = 0; i < 3; i++) {
            step(undisturbed, structure, i);
            step(again, structure, i);
        }
        resumed.restore(undisturbed.state());

        for (int i = 3; i < 6; i++) {
            double loss = step(undisturbed, structure, i);
            assertThat(step(again, structure, i)).isEqualTo(loss);
            assertThat(step(resumed, structure, i)).isEqualTo(loss);
        }

        assertThat(again.network()).isEqualTo(undisturbed.network());
        assertThat(resumed.network()).isEqualTo(undisturbed.network());
        assertThat(resumed.state().updaterState()).isEqualTo(undisturbed.state().updaterState());
        assertThat(resumed.state().iteration()).isEqualTo(6);
    }

    @Test
    void followsAScheduleFromTheRestoredIteration() {
        Structure structure = Networks.perceptron();
        Adam stopsAfterTwo = new Adam(new MapSchedule(ScheduleType.ITERATION, Map.of(0, 0.01, 2, 0.0)));
        Network start = Network.initialised(structure, 5);
        Dl4jNetwork trainable = Dl4jNetwork.of(start, stopsAfterTwo, 0, new PackedCrossEntropy());
        step(trainable, structure, 0);
        assertThat(trainable.network().parameter("logits/weight")).isNotEqualTo(start.parameter("logits/weight"));

        TrainingState state = trainable.state();
        trainable.restore(new TrainingState(state.parameters(), state.updaterState(), 2));
        Network before = trainable.network();
        step(trainable, structure, 1);

        // libnd4j's Adam takes a rate of 1e-8 for one of 0
        assertThat(trainable.network().parameter("logits/weight").values())
                .containsExactly(before.parameter("logits/weight").values(), within(1e-6f));
    }

    /**
     * Not for stock layers: DL4J's depthwise convolution has its bias first but names it last, so its decay falls on
     * the wrong elements.
     */
    @ParameterizedTest
    @ValueSource(strings = {"every-layer", "joined", "own-layers", "perceptron", "residual"})
    void decaysWeightsOnly(String name) {
        LayerSet layers = LayerSet.FUSED;
        Structure structure = STRUCTURES.get(name);
        Network start = Networks.randomised(structure, 1);
        Dl4jNetwork plain = Dl4jNetwork.of(start, new Adam(0.01), 0, new PackedCrossEntropy(), layers);
        Dl4jNetwork decayed = Dl4jNetwork.of(start, new Adam(0.01), 0.5, new PackedCrossEntropy(), layers);
        assertThat(step(decayed, structure, 0)).isEqualTo(step(plain, structure, 0));

        Network with = decayed.network();
        Network without = plain.network();
        start.parameters().forEach((parameter, tensor) -> {
            float[] expected = without.parameter(parameter).values().clone();
            for (int i = 0; i < expected.length; i++) {
                expected[i] -= parameter.endsWith("/weight") ? 0.01f * 0.5f * tensor.values()[i] : 0;
            }
            assertThat(with.parameter(parameter).values()).as(parameter).containsExactly(expected, within(1e-6f));
        });
    }

    @ParameterizedTest
    @MethodSource("structuresAndLayers")
    void observesTheMomentsOfAllSamples(String name, LayerSet layers) {
        Structure structure = STRUCTURES.get(name);
        Network start = Networks.randomised(structure, 1);
        Dl4jNetwork trainable = trainable(start, layers);
        trainable.beginStatistics();
        int[] sizes = {8, 3, 5};
        for (int i = 0; i < sizes.length; i++) {
            trainable.observe(Networks.features(structure, sizes[i], i));
        }
        // mean = Σ n · mean / 16, and variance = Σ n · (variance + mean²) / 16 − mean², of what each batch gives alone
        Map<String, double[]> sums = new java.util.HashMap<>();
        for (int i = 0; i < sizes.length; i++) {
            Dl4jNetwork alone = trainable(start, layers);
            alone.beginStatistics();
            alone.observe(Networks.features(structure, sizes[i], i));
            double share = sizes[i] / 16.0;
            Map<String, Tensor> batch = alone.network().parameters();
            batch.forEach((parameter, tensor) -> {
                double[] sum = sums.computeIfAbsent(parameter, key -> new double[tensor.values().length]);
                for (int j = 0; j < sum.length; j++) {
                    double mean = parameter.endsWith("/variance")
                            ? batch.get(parameter.replace("/variance", "/mean")).values()[j]
                            : 0;
                    sum[j] += share * (tensor.values()[j] + mean * mean);
                }
            });
        }
        sums.forEach((parameter, sum) -> {
            for (int j = 0; parameter.endsWith("/variance") && j < sum.length; j++) {
                double mean = sums.get(parameter.replace("/variance", "/mean"))[j];
                sum[j] -= mean * mean;
            }
        });

        Network observed = trainable.network();
        observed.parameters().forEach((parameter, tensor) -> {
            boolean statistic = parameter.endsWith("/mean") || parameter.endsWith("/variance");
            if (statistic) {
                for (int j = 0; j < tensor.values().length; j++) {
                    assertThat((double) tensor.values()[j]).isCloseTo(sums.get(parameter)[j], within(1e-5));
                }
            }
            assertThat(tensor.equals(start.parameter(parameter))).as(parameter).isEqualTo(!statistic);
        });
    }

    @ParameterizedTest
    @MethodSource("structuresAndLayers")
    void movesRunningStatisticsByTheDecay(String name, LayerSet layers) {
        Structure structure = STRUCTURES.get(name);
        Network start = Networks.randomised(structure, 1);
        Dl4jNetwork observed = trainable(start, layers);
        observed.beginStatistics();
        observed.observe(Networks.features(structure, 8, 0));
        Dl4jNetwork stepped = trainable(start, layers);
        step(stepped, structure, 0);

        structure.nodes().stream()
                .filter(node -> node.layer() instanceof io.retort.network.Layer.BatchNorm)
                .forEach(node -> {
                    double decay = ((io.retort.network.Layer.BatchNorm) node.layer()).decay();
                    for (String statistic : List.of("mean", "variance")) {
                        String parameter = node.parameter(statistic);
                        float[] batch = observed.network().parameter(parameter).values();
                        float[] running = start.parameter(parameter).values();
                        float[] moved = stepped.network().parameter(parameter).values();
                        for (int c = 0; c < batch.length; c++) {
                            double expected = decay * running[c] + (1 - decay) * batch[c];
                            assertThat((double) moved[c]).as(parameter).isCloseTo(expected, within(1e-5));
                        }
                    }
                });
    }

    @ParameterizedTest
    @MethodSource("structuresAndLayers")
    void knowsWhereTheStatisticsLie(String name, LayerSet layers) {
        Structure structure = STRUCTURES.get(name);
        Network start = Networks.randomised(structure, 1);
        Dl4jNetwork trainable = trainable(start, layers);
        TrainingState state = trainable.state();
        trainable.statisticRanges().forEach(range -> Arrays.fill(state.parameters(), range.from(), range.to(), 7f));
        trainable.restore(state);

        trainable.network().parameters().forEach((parameter, tensor) -> {
            if (parameter.endsWith("/mean") || parameter.endsWith("/variance")) {
                assertThat(tensor.values()).as(parameter).containsOnly(7f);
            } else {
                assertThat(tensor).as(parameter).isEqualTo(start.parameter(parameter));
            }
        });
    }

    @ParameterizedTest
    @MethodSource("structuresAndLayers")
    void takesABatchOfAnotherSize(String name, LayerSet layers) {
        Structure structure = STRUCTURES.get(name);
        Network network = Networks.randomised(structure, 1);
        Dl4jNetwork trainable = trainable(network, layers);
        INDArray whole = trainable.logits(Networks.features(structure, 8, 2)).dup();
        trainable.step(Networks.features(structure, 8, 2), Networks.targets(structure, 8, 3));
        trainable.step(Networks.features(structure, 3, 2), Networks.targets(structure, 3, 3));
        trainable.step(Networks.features(structure, 9, 2), Networks.targets(structure, 9, 3));

        INDArray part = trainable(network, layers).logits(Networks.features(structure, 3, 2));

        assertThat(whole.getRow(2).distance2(part.getRow(2))).isLessThan(1e-5);
    }

    @ParameterizedTest
    @MethodSource("structuresAndLayers")
    void trainsThroughDl4jsOwnFit(String name, LayerSet layers) {
        Structure structure = STRUCTURES.get(name);
        Network start = Network.initialised(structure, 5);
        Dl4jNetwork ours = trainable(start, layers);
        Dl4jNetwork theirs = trainable(start, layers);
        for (int i = 0; i < 3; i++) {
            step(ours, structure, i);
            theirs.graph().fit(new INDArray[] {Networks.features(structure, 8, i)}, new INDArray[] {
                Networks.targets(structure, 8, i)
            });
        }

        assertThat(theirs.network()).isEqualTo(ours.network());
    }

    @ParameterizedTest
    @MethodSource("structuresThatDl4jKnows")
    void writesAZipThatDl4jLoads(String name, LayerSet layers) throws IOException {
        Structure structure = STRUCTURES.get(name);
        Network network = Networks.randomised(structure, 1);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        StockZip.write(network, bytes);

        ComputationGraph loaded =
                ModelSerializer.restoreComputationGraph(new ByteArrayInputStream(bytes.toByteArray()), false);
        assertThat(loaded.getConfiguration().toJson()).doesNotContain("retort");
        INDArray features = Networks.features(structure, 5, 2);
        INDArray expected = Transforms.softmax(trainable(network, layers).logits(features), true);
        assertThat(loaded.output(false, features)[0].distance2(expected)).isLessThan(1e-5);
    }

    @Test
    void refusesToWriteAZipOfLayersThatDl4jDoesNotKnow() {
        Network network = Network.initialised(Networks.ownLayers(), 1);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        assertThatThrownBy(() -> StockZip.write(network, bytes))
                .isInstanceOf(UnsupportedLayerException.class)
                .hasMessage("node 'grouped' is a grouped-conv, which DL4J's own layers cannot compute");
        assertThat(bytes.size()).isZero();
        assertThat(StockZip.obstacle(Networks.ownLayers()))
                .hasValue("node 'grouped' is a grouped-conv, which DL4J's own layers cannot compute");
        assertThat(StockZip.obstacle(Networks.joined())).isEmpty();
    }

    @Test
    void refusesTheStateOfAnotherNetwork() {
        Dl4jNetwork trainable = trainable(Network.initialised(Networks.perceptron(), 1), LayerSet.FUSED);

        assertThatThrownBy(() -> trainable.restore(new TrainingState(new float[3], new float[0], 0)))
                .isInstanceOf(ShapeException.class)
                .hasMessage("a training state of 3 parameters and 0 updater values does not fit this network, which has"
                        + " 174 and 312");
    }

    private static double step(Dl4jNetwork trainable, Structure structure, int seed) {
        return trainable.step(Networks.features(structure, 8, seed), Networks.targets(structure, 8, seed));
    }

    private static Dl4jNetwork trainable(Network network, LayerSet layers) {
        return Dl4jNetwork.of(network, new Adam(0.01), 0.001, new PackedCrossEntropy(), layers);
    }
}
