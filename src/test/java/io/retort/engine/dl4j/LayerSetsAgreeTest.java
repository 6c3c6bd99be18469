package io.retort.engine.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.retort.engine.onnx.ReferenceNetwork;
import io.retort.network.Layer.Activate;
import io.retort.network.Layer.BatchNorm;
import io.retort.network.Layer.Bias;
import io.retort.network.Layer.Conv;
import io.retort.network.Layer.Dense;
import io.retort.network.Layer.DepthwiseConv;
import io.retort.network.Layer.Flatten;
import io.retort.network.Layer.GlobalAveragePool;
import io.retort.network.Layer.GroupedConv;
import io.retort.network.Layer.Pool;
import io.retort.network.Layer.Slice;
import io.retort.network.MovingLayer.ActiveShift;
import io.retort.network.MovingLayer.ChannelShuffle;
import io.retort.network.MovingLayer.Shift;
import io.retort.network.Network;
import io.retort.network.Shape;
import io.retort.network.Structure;
import io.retort.network.Tensor;
import io.retort.network.Window;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.Sgd;

/**
 * Our own layers against DL4J's, and against central differences.
 *
 * <p>After one step of plain descent at rate 1, start minus result is the gradient (for a running statistic, what it
 * was moved by).
 */
class LayerSetsAgreeTest {
    static {
        NativeBackend.configure();
    }

    private static final int BATCH = 6;

    private static final Map<String, Structure> STRUCTURES = new LinkedHashMap<>();

    /** Those that DL4J cannot express. */
    private static final Map<String, Structure> OWN = new LinkedHashMap<>();

    static {
        STRUCTURES.put("every-layer", Networks.everyLayer());
        STRUCTURES.put("residual", Networks.residual());
        STRUCTURES.put("perceptron", Networks.perceptron());
        STRUCTURES.put("joined", Networks.joined());
        STRUCTURES.put("first convolution, dilated", image(2, new Conv(5, Window.dilated(3, 2), Bias.NONE)));
        STRUCTURES.put("first slice", image(5, new Slice(1, 3)));
        STRUCTURES.put("first convolution, strided", image(2, new Conv(5, Window.strided(3, 2), Bias.NONE)));
        STRUCTURES.put("first convolution, with bias", image(2, new Conv(5, Window.same(3), Bias.PER_CHANNEL)));
        STRUCTURES.put(
                "first convolution, three channels", image(3, new Conv(5, new Window(3, 2, 1, 1, 1, 0), Bias.NONE)));
        STRUCTURES.put("first convolution, many channels", image(5, new Conv(3, Window.same(3), Bias.NONE)));
        STRUCTURES.put("first convolution, pointwise", image(5, new Conv(3, Window.valid(1, 1), Bias.NONE)));
        STRUCTURES.put("first depthwise", image(5, new DepthwiseConv(Window.same(3), Bias.NONE)));
        STRUCTURES.put("first pool", image(5, new Pool(Pool.Kind.MAX, Window.valid(2, 2))));
        STRUCTURES.put("average pool", image(3, new Pool(Pool.Kind.AVERAGE, new Window(3, 3, 2, 1, 1, 1))));
        STRUCTURES.put("first batch-norm", image(5, BatchNorm.standard()));
        for (Activate.Function function : Activate.Function.values()) {
            STRUCTURES.put("batch-norm and " + function, activation(function));
        }
        STRUCTURES.put(
                "flatten first",
                Structure.from(Shape.image(2, 3, 4))
                        .then("flat", new Flatten())
                        .then("logits", new Dense(3, Bias.PER_CHANNEL))
                        .build());
        OWN.put("own layers", Networks.ownLayers());
        OWN.put("first grouped convolution", image(6, new GroupedConv(4, 2, Window.same(3), Bias.NONE)));
        OWN.put("first shuffle", image(6, new ChannelShuffle(3)));
        OWN.put("first shift", image(10, new Shift(3, Shift.Directions.GRID)));
        OWN.put("first active shift", image(3, new ActiveShift(ActiveShift.Displacements.REAL, 0)));
    }

    static Stream<String> structures() {
        return STRUCTURES.keySet().stream();
    }

    static Stream<String> all() {
        return Stream.concat(STRUCTURES.keySet().stream(), OWN.keySet().stream());
    }

    @ParameterizedTest
    @MethodSource("all")
    void giveWhatTheFormulasSay(String name) {
        Structure structure = structure(name);
        Network network = Networks.randomised(structure, 1);
        INDArray features = Networks.features(structure, BATCH, 2);

        float[] expected = new ReferenceNetwork(network).logits(features.data().asFloat(), BATCH);

        float[] fused =
                trainable(network, LayerSet.FUSED).logits(features).data().asFloat();
        float largest = 0;
        for (float value : expected) {
            largest = Math.max(largest, Math.abs(value));
        }
        assertThat(fused).containsExactly(expected, within(1e-5f * largest));
    }

    @ParameterizedTest
    @MethodSource("structures")
    void giveTheSameLogits(String name) {
        Structure structure = STRUCTURES.get(name);
        Network network = Networks.randomised(structure, 1);
        INDArray features = Networks.features(structure, BATCH, 2);

        INDArray fused = trainable(network, LayerSet.FUSED).logits(features);
        INDArray stock = trainable(network, LayerSet.STOCK).logits(features);

        double largest = stock.amaxNumber().doubleValue();
        assertThat(fused.data().asDouble()).containsExactly(stock.data().asDouble(), within(1e-5 * largest));
    }

    @ParameterizedTest
    @MethodSource("structures")
    void giveTheSameGradients(String name) {
        Structure structure = STRUCTURES.get(name);
        Network network = Networks.randomised(structure, 1);

        Map<String, double[]> fused = gradients(network, LayerSet.FUSED);
        Map<String, double[]> stock = gradients(network, LayerSet.STOCK);

        double largest = largest(stock);
        stock.forEach((parameter, gradient) ->
                assertThat(fused.get(parameter)).as(parameter).containsExactly(gradient, within(1e-4 * largest)));
    }

    /**
     * In float32, along random directions of one parameter tensor at a time; the loss's kinks and its rounding allow a
     * few per cent.
     */
    @ParameterizedTest
    @MethodSource("all")
    void agreesWithCentralDifferences(String name) {
        Structure structure = structure(name);
        Network network = Networks.randomised(structure, 1);
        Map<String, double[]> gradients = gradients(network, LayerSet.FUSED);
        double largest = largest(gradients);
        SplittableRandom random = new SplittableRandom(7);

        gradients.forEach((parameter, gradient) -> {
            if (parameter.endsWith("/mean") || parameter.endsWith("/variance") || isRounded(structure, parameter)) {
                return;
            }
            double[] direction = random.doubles(gradient.length, -1, 1).toArray();
            double length = Math.sqrt(dot(direction, direction));
            double step = 4e-3;
            double up = loss(moved(network, parameter, direction, step / length));
            double down = loss(moved(network, parameter, direction, -step / length));
            assertThat((up - down) / (2 * step))
                    .as(parameter)
                    .isCloseTo(dot(gradient, direction) / length, within(0.03 * Math.max(largest, 0.05)));
        });
    }

    /** A step of rounding has no derivative. */
    private static boolean isRounded(Structure structure, String parameter) {
        return structure.nodes().stream()
                .anyMatch(node -> node.layer() instanceof ActiveShift shift
                        && shift.displacements() == ActiveShift.Displacements.WHOLE
                        && node.parameter("displacement").equals(parameter));
    }

    private static Structure structure(String name) {
        return STRUCTURES.containsKey(name) ? STRUCTURES.get(name) : OWN.get(name);
    }

    private static double loss(Network network) {
        Structure structure = network.structure();
        return trainable(network, LayerSet.FUSED)
                .step(Networks.features(structure, BATCH, 2), Networks.targets(structure, BATCH, 3));
    }

    private static Network moved(Network network, String parameter, double[] direction, double by) {
        Map<String, Tensor> parameters = new LinkedHashMap<>(network.parameters());
        float[] values = network.parameter(parameter).values().clone();
        for (int i = 0; i < values.length; i++) {
            values[i] += (float) (by * direction[i]);
        }
        parameters.put(parameter, new Tensor(network.parameter(parameter).sizes(), values));
        return new Network(network.structure(), parameters);
    }

    private static Map<String, double[]> gradients(Network network, LayerSet layers) {
        Structure structure = network.structure();
        Dl4jNetwork trainable = trainable(network, layers);
        trainable.step(Networks.features(structure, BATCH, 2), Networks.targets(structure, BATCH, 3));
        Map<String, double[]> gradients = new LinkedHashMap<>();
        trainable.network().parameters().forEach((parameter, tensor) -> {
            double[] gradient = new double[tensor.values().length];
            for (int i = 0; i < gradient.length; i++) {
                gradient[i] = (double) network.parameter(parameter).values()[i] - tensor.values()[i];
            }
            gradients.put(parameter, gradient);
        });
        return gradients;
    }

    private static Dl4jNetwork trainable(Network network, LayerSet layers) {
        return Dl4jNetwork.of(network, new Sgd(1), 0, new PackedCrossEntropy(), layers);
    }

    private static double largest(Map<String, double[]> gradients) {
        return gradients.values().stream()
                .flatMapToDouble(java.util.Arrays::stream)
                .map(Math::abs)
                .max()
                .orElseThrow();
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }

    private static Structure image(int channels, io.retort.network.Layer first) {
        return Structure.from(Shape.image(channels, 6, 5))
                .then("first", first)
                .then("second", new Conv(4, Window.same(3), Bias.PER_CHANNEL))
                .then("tanh", new Activate(Activate.Function.TANH))
                .then("global", new GlobalAveragePool())
                .then("logits", new Dense(3, Bias.PER_CHANNEL))
                .build();
    }

    private static Structure activation(Activate.Function function) {
        return Structure.from(Shape.image(2, 6, 5))
                .then("conv", new Conv(7, Window.same(3), Bias.NONE))
                .then("bn", BatchNorm.standard())
                .then("function", new Activate(function))
                .then("alone", new Activate(function))
                .then("global", new GlobalAveragePool())
                .then("logits", new Dense(3, Bias.PER_CHANNEL))
                .build();
    }
}
