package io.retort.compress.quantize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtSession;
import io.retort.compress.quantize.QuantizationConfig.Granularity;
import io.retort.compress.quantize.calibrate.Calibrator;
import io.retort.compress.quantize.round.NearestRounding;
import io.retort.engine.onnx.ReferenceNetwork;
import io.retort.engine.onnx.run.OnnxRuntime;
import io.retort.engine.onnx.run.OnnxSession;
import io.retort.engine.onnx.write.OnnxModel;
import io.retort.export.Parity;
import io.retort.network.Layer;
import io.retort.network.Layer.Activate.Function;
import io.retort.network.Layer.Pool;
import io.retort.network.Network;
import io.retort.network.RandomNetworks;
import io.retort.network.Shape;
import io.retort.network.Structure;
import io.retort.network.Structure.Node;
import io.retort.network.int8.AffineCode;
import io.retort.network.int8.AffineCode.Symmetry;
import io.retort.network.int8.Quantization;
import io.retort.network.zoo.ConvNet;
import io.retort.network.zoo.ConvNet.W1Student;
import io.retort.network.zoo.ConvNet.W1Teacher;
import io.retort.network.zoo.LeNets;
import io.retort.network.zoo.MobileNet;
import io.retort.network.zoo.PlainNetwork.Mlp;
import io.retort.network.zoo.ResNet;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class QuantizedOnnxTest {
    private static final Shape GREY = Shape.image(1, 28, 28);
    private static final Shape COLOURED = Shape.image(3, 16, 16);

    @TempDir
    private Path directory;

    static Stream<Arguments> zoo() {
        return Stream.of(
                Arguments.of("w1-student", new W1Student().build(GREY, 10)),
                Arguments.of(
                        "lenet5", LeNets.ofPaper(Function.RELU, Pool.Kind.MAX).build(GREY, 10)),
                Arguments.of(
                        "lenet5-tanh",
                        LeNets.ofPaper(Function.TANH, Pool.Kind.AVERAGE).build(GREY, 10)),
                Arguments.of(
                        "lenet5-sigmoid",
                        LeNets.ofPaper(Function.SIGMOID, Pool.Kind.AVERAGE).build(GREY, 10)),
                Arguments.of("mlp", new Mlp(List.of(32, 16)).build(GREY, 10)),
                Arguments.of("mobilenet", new MobileNet(0.25, List.of(1, 1, 2)).build(COLOURED, 10)),
                // what channel pruning leaves: sums of 11 to 45 channels, which no kernel's registers divide
                Arguments.of(
                        "odd-channels",
                        new ConvNet(List.of("cbr11", "cbr13", "max", "cbr21", "cbr27", "max", "cbr45"))
                                .build(GREY, 10)),
                Arguments.of("resnet-cifar", new ResNet.Cifar(1, 8).build(COLOURED, 10)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("zoo")
    void runsInInt8KernelsAndComputesWhatItsSimulationDoes(String name, Structure structure) throws Exception {
        Network network = RandomNetworks.of(structure, 3);
        for (Granularity granularity : Granularity.values()) {
            Quantizer.Quantized quantized = quantized(network, granularity);
            byte[] int8 = OnnxModel.quantized(quantized.network(), quantized.quantization(), names(10), Map.of());
            byte[] simulation = OnnxModel.simulation(quantized.network(), quantized.quantization(), names(10));
            float[] pixels = RandomNetworks.pixels(structure.input(), 200, 5);
            Parity parity = parity(int8, simulation, pixels, 200);
            assertThat(parity.labelAgreement()).as(granularity.name()).isEqualTo(1);
            // A value on the border between two codes may fall to either side: some steps of 1/255.
            assertThat(parity.greatestRelativeDifference())
                    .as(granularity.name())
                    .isLessThan(0.01);
            assertThat(parity(int8, OnnxModel.bytes(network, names(10), Map.of()), pixels, 200)
                            .greatestRelativeDifference())
                    .isLessThan(0.15);

            Map<String, Integer> operators = operators(optimised(int8));
            long convolutions = count(structure, Layer.Conv.class) + count(structure, Layer.DepthwiseConv.class);
            assertThat(operators.getOrDefault("QLinearConv", 0)).isEqualTo((int) convolutions);
            assertThat(operators.getOrDefault("QGemm", 0)).isEqualTo((int) count(structure, Layer.Dense.class));
            assertThat(operators.getOrDefault("QLinearAdd", 0)).isEqualTo((int) count(structure, Layer.Add.class));
            assertThat(operators.keySet()).doesNotContain("Conv", "FusedConv", "Gemm", "MatMul", "Relu", "Add");
            if (!name.equals("lenet5-tanh")) {
                assertThat(operators.getOrDefault("DequantizeLinear", 0)).isZero();
                assertThat(operators.get("QuantizeLinear")).isEqualTo(1); // the input
            }
        }
    }

    static Stream<Arguments> symmetries() {
        return Stream.of(
                Arguments.of(Symmetry.SYMMETRIC, Symmetry.SYMMETRIC, Granularity.PER_CHANNEL),
                Arguments.of(Symmetry.SYMMETRIC, Symmetry.SYMMETRIC, Granularity.PER_TENSOR),
                Arguments.of(Symmetry.SYMMETRIC, Symmetry.ASYMMETRIC, Granularity.PER_TENSOR),
                Arguments.of(Symmetry.ASYMMETRIC, Symmetry.ASYMMETRIC, Granularity.PER_TENSOR));
    }

    /** Weights with a zero point too. */
    @ParameterizedTest
    @MethodSource("symmetries")
    void everySymmetryRunsInInt8Kernels(Symmetry values, Symmetry weights, Granularity granularity) throws Exception {
        QuantizationConfig coding = new QuantizationConfig(
                new Calibrator.MinMax(),
                values,
                new Calibrator.MinMax(),
                weights,
                granularity,
                7,
                new NearestRounding(),
                List.of(),
                List.of());
        Structure structure = new ConvNet(List.of("cbr11", "max", "dws12", "cbr16")).build(GREY, 10);
        Network network = RandomNetworks.of(structure, 3);
        Quantizer.Quantized quantized =
                new Quantizer(coding).quantize(network, LocalCalibration.pixels(GREY, 10, 64, 64), 128);
        boolean shifted = quantized.quantization().weights().values().stream()
                .flatMap(codes -> codes.codes().stream())
                .anyMatch(code -> code.zeroPoint() != 0);
        assertThat(shifted).isEqualTo(weights == Symmetry.ASYMMETRIC);
        byte[] int8 = OnnxModel.quantized(quantized.network(), quantized.quantization(), names(10), Map.of());
        byte[] simulation = OnnxModel.simulation(quantized.network(), quantized.quantization(), names(10));
        Parity parity = parity(int8, simulation, RandomNetworks.pixels(GREY, 200, 5), 200);
        assertThat(parity.labelAgreement()).isEqualTo(1);
        assertThat(parity.greatestRelativeDifference()).isLessThan(0.01);
        Map<String, Integer> operators = operators(optimised(int8));
        assertThat(operators.get("QLinearConv")).isEqualTo(4);
        assertThat(operators.get("QGemm")).isEqualTo(1);
    }

    @Test
    void theSimulationIsTheFormulas() {
        Structure structure = new ResNet.Cifar(1, 4).build(Shape.image(3, 8, 8), 4);
        Quantizer.Quantized quantized = quantized(RandomNetworks.of(structure, 3), Granularity.PER_CHANNEL);
        Quantization quantization = quantized.quantization();
        ReferenceNetwork reference = new ReferenceNetwork(quantization.rounded(quantized.network()), (node, values) -> {
            AffineCode code = quantization.values().get(node);
            return code == null
                    ? values
                    : Arrays.stream(values)
                            .map(value -> code.roundTrip((float) value))
                            .toArray();
        });
        float[] pixels = RandomNetworks.pixels(structure.input(), 50, 5);
        try (OnnxSession session =
                OnnxSession.open(OnnxModel.simulation(quantized.network(), quantization, names(4)), 1)) {
            Parity parity = Parity.between(
                    session, reference, List.of(new Parity.Batch(pixels, 50)).iterator());
            assertThat(parity.labelAgreement()).isEqualTo(1);
            assertThat(parity.greatestRelativeDifference()).isLessThan(0.01);
        }
    }

    @Test
    void keepsLayersInFloatByName() throws Exception {
        Structure structure = LeNets.ofPaper(Function.RELU, Pool.Kind.MAX).build(GREY, 10);
        QuantizationConfig coding = coding(Granularity.PER_CHANNEL, List.of("conv1", "dense2"));
        Quantizer.Quantized quantized = new Quantizer(coding)
                .quantize(RandomNetworks.of(structure, 3), LocalCalibration.pixels(GREY, 10, 64), 64);
        assertThat(quantized.quantization().keptInFloat(quantized.network())).containsExactly("conv1", "dense2");
        byte[] int8 = OnnxModel.quantized(quantized.network(), quantized.quantization(), names(10), Map.of());
        Map<String, Integer> operators = operators(optimised(int8));
        assertThat(operators.get("QLinearConv")).isEqualTo(1);
        assertThat(operators.get("QGemm")).isEqualTo(2);
        byte[] simulation = OnnxModel.simulation(quantized.network(), quantized.quantization(), names(10));
        assertThat(parity(int8, simulation, RandomNetworks.pixels(GREY, 200, 5), 200)
                        .labelAgreement())
                .isEqualTo(1);
    }

    /**
     * ONNX Runtime must not quantize them of itself, since they stand between pairs: the file would compute what nobody
     * evaluated.
     */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "grouped16x4",
                "split8",
                "shift12x1",
                "address8x1",
                "active8x1",
                "ghost8x1",
                "squeeze4",
                "fire8x2"
            })
    void layersWithoutInt8KernelsStayAsTheyAreBetweenPairs(String block) throws Exception {
        Structure structure = new ConvNet(List.of("cbr8", "max", block, "cbr8")).build(GREY, 10);
        Quantizer.Quantized quantized = quantized(RandomNetworks.of(structure, 3), Granularity.PER_CHANNEL);
        Quantization quantization = quantized.quantization();
        byte[] int8 = OnnxModel.quantized(quantized.network(), quantization, names(10), Map.of());
        byte[] simulation = OnnxModel.simulation(quantized.network(), quantization, names(10));
        Parity parity = parity(int8, simulation, RandomNetworks.pixels(GREY, 200, 5), 200);
        assertThat(parity.labelAgreement()).isEqualTo(1);
        assertThat(parity.greatestRelativeDifference()).isLessThan(0.01);
        Map<String, Integer> operators = operators(optimised(int8));
        assertThat(operators.getOrDefault("QLinearConv", 0) + operators.getOrDefault("QGemm", 0))
                .isEqualTo(quantization.weights().size());
    }

    @Test
    void isAQuarterOfTheFloatFile() {
        Network teacher = RandomNetworks.of(new W1Teacher().build(GREY, 10), 3);
        for (Granularity granularity : Granularity.values()) {
            Quantizer.Quantized quantized = quantized(teacher, granularity);
            byte[] int8 = OnnxModel.quantized(quantized.network(), quantized.quantization(), names(10), Map.of());
            assertThat((double) int8.length / OnnxModel.bytes(teacher, names(10), Map.of()).length)
                    .isLessThan(0.27);
        }
    }

    @Test
    void givesTheSameBytesForTheSameNetwork() {
        Network network =
                RandomNetworks.of(LeNets.ofPaper(Function.RELU, Pool.Kind.MAX).build(GREY, 10), 3);
        Map<String, String> provenance = Map.of("seed", "17");
        Quantizer.Quantized first = quantized(network, Granularity.PER_CHANNEL);
        Quantizer.Quantized second = quantized(network, Granularity.PER_CHANNEL);
        byte[] bytes = OnnxModel.quantized(first.network(), first.quantization(), names(10), provenance);
        assertThat(OnnxModel.quantized(second.network(), second.quantization(), names(10), provenance))
                .isEqualTo(bytes);
        try (OnnxSession session = OnnxSession.open(bytes, 1)) {
            assertThat(session.metadata()).containsEntry("seed", "17").containsKey("classes");
            assertThat(session.input()).isEqualTo(GREY);
        }
    }

    @Test
    void partsOfTheSamplesGiveTheSameCodesAsTheWhole() {
        Network network =
                RandomNetworks.of(LeNets.ofPaper(Function.RELU, Pool.Kind.MAX).build(GREY, 10), 3);
        LocalCalibration parts = LocalCalibration.pixels(GREY, 10, 70, 33, 5);
        LocalCalibration whole = parts.joined();
        Quantizer quantizer = new Quantizer(coding(Granularity.PER_CHANNEL, List.of()));
        assertThat(quantizer.quantize(network, parts, 108).quantization())
                .isEqualTo(quantizer.quantize(network, whole, 108).quantization());
    }

    @Test
    void refusesWhatDoesNotFit() {
        Network network =
                RandomNetworks.of(LeNets.ofPaper(Function.RELU, Pool.Kind.MAX).build(GREY, 10), 3);
        LocalCalibration calibration = LocalCalibration.pixels(GREY, 10, 4);
        assertThatThrownBy(() -> new Quantizer(
                                coding(Granularity.PER_TENSOR, List.of("conv1", "conv2", "dense1", "dense2", "logits")))
                        .quantize(network, calibration, 4))
                .hasMessage("except names every layer that has weights; leave some out");
        assertThatThrownBy(() -> new QuantizationConfig(
                        new Calibrator.MinMax(),
                        Symmetry.ASYMMETRIC,
                        new Calibrator.MinMax(),
                        Symmetry.ASYMMETRIC,
                        Granularity.PER_CHANNEL,
                        8,
                        new NearestRounding(),
                        List.of(),
                        List.of()))
                .hasMessage("weights must be symmetric where granularity is per-channel, was asymmetric; int8 kernels"
                        + " take one zero point for all channels");
    }

    private static Quantizer.Quantized quantized(Network network, Granularity granularity) {
        Shape input = network.structure().input();
        return new Quantizer(coding(granularity, List.of()))
                .quantize(network, LocalCalibration.pixels(input, 10, 64, 64), 128);
    }

    private static Parity parity(byte[] first, byte[] second, float[] pixels, int samples) {
        try (OnnxSession one = OnnxSession.open(first, 1);
                OnnxSession other = OnnxSession.open(second, 1)) {
            return Parity.between(
                    one, other, List.of(new Parity.Batch(pixels, samples)).iterator());
        }
    }

    private static long count(Structure structure, Class<? extends Layer> layer) {
        return structure.nodes().stream()
                .map(Node::layer)
                .filter(layer::isInstance)
                .count();
    }

    /** 7 bits, in which sums of products never saturate, on whatever processor this test runs. */
    static QuantizationConfig coding(Granularity granularity, List<String> except) {
        return new QuantizationConfig(
                new Calibrator.MinMax(),
                Symmetry.ASYMMETRIC,
                new Calibrator.MinMax(),
                Symmetry.SYMMETRIC,
                granularity,
                7,
                new NearestRounding(),
                List.of(),
                except);
    }

    static List<String> names(int classes) {
        return IntStream.range(0, classes).mapToObj(i -> "class" + i).toList();
    }

    private static Map<String, Integer> operators(ModelProto model) {
        Map<String, Integer> counts = new TreeMap<>();
        for (NodeProto node : model.getGraph().getNodeList()) {
            counts.merge(node.getOpType(), 1, Integer::sum);
        }
        return counts;
    }

    private ModelProto optimised(byte[] model) throws Exception {
        Path file = directory.resolve("optimised.onnx");
        OrtEnvironment environment = OnnxRuntime.environment();
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.setOptimizedModelFilePath(file.toString());
            environment.createSession(model, options).close();
        }
        return ModelProto.parseFrom(Files.readAllBytes(file));
    }
}
