package io.retort.compress.quantize;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtSession;
import io.retort.engine.onnx.OnnxModel;
import io.retort.engine.onnx.OnnxSession;
import io.retort.engine.onnx.QuantizedOnnx;
import io.retort.export.Parity;
import io.retort.network.BatchNormFolding;
import io.retort.network.Layer.Activate.Function;
import io.retort.network.Layer.Pool;
import io.retort.network.Network;
import io.retort.network.RandomNetworks;
import io.retort.network.Shape;
import io.retort.network.Structure;
import io.retort.network.int8.Symmetry;
import io.retort.network.zoo.LeNet5;
import io.retort.network.zoo.MobileNet;
import io.retort.network.zoo.Mlp;
import io.retort.network.zoo.ResNetCifar;
import io.retort.network.zoo.W1Student;
import io.retort.network.zoo.W1Teacher;
import java.nio.file.Files;
import java.nio.file.Path;
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

class QuantizedOnnxTest {
    private static final Shape GREY = Shape.image(1, 28, 28);
    private static final int BITS = 7;
    private static final Shape COLOURED = Shape.image(3, 16, 16);

    @TempDir
    private Path directory;

    static Stream<Arguments> zoo() {
        return Stream.of(
                Arguments.of("w1-student", new W1Student().build(GREY, 10)),
                Arguments.of("lenet5", new LeNet5(Function.RELU, Pool.Kind.MAX).build(GREY, 10)),
                Arguments.of("lenet5-tanh", new LeNet5(Function.TANH, Pool.Kind.AVERAGE).build(GREY, 10)),
                Arguments.of("lenet5-sigmoid", new LeNet5(Function.SIGMOID, Pool.Kind.AVERAGE).build(GREY, 10)),
                Arguments.of("mlp", new Mlp(List.of(32, 16)).build(GREY, 10)),
                Arguments.of("mobilenet", new MobileNet(0.25, List.of(1, 1, 2)).build(COLOURED, 10)),
                Arguments.of("resnet-cifar", new ResNetCifar(1, 8).build(COLOURED, 10)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("zoo")
    void exploring(String name, Structure structure) throws Exception {
        Network network = RandomNetworks.of(structure, 3);
        LocalCalibration calibration = LocalCalibration.pixels(structure.input(), 10, 64, 64);
        for (Granularity granularity : Granularity.values()) {
            Quantizer.Quantized quantized =
                    new Quantizer(coding(granularity)).quantize(network, calibration, 128);
            byte[] int8 = QuantizedOnnx.bytes(quantized.network(), quantized.quantization(), names(10), Map.of());
            byte[] simulation = QuantizedOnnx.simulation(quantized.network(), quantized.quantization(), names(10));
            byte[] single = OnnxModel.bytes(network, names(10), Map.of());
            float[] pixels = RandomNetworks.pixels(structure.input(), 256, 5);
            try (OnnxSession a = OnnxSession.open(int8, 1);
                    OnnxSession b = OnnxSession.open(simulation, 1);
                    OnnxSession c = OnnxSession.open(single, 1)) {
                System.err.println(name + " " + granularity + " bytes " + int8.length + " of " + single.length
                        + "\n  int8/sim " + Parity.between(a, b, List.of(new Parity.Batch(pixels, 256)).iterator())
                        + "\n  sim/float " + Parity.between(b, c, List.of(new Parity.Batch(pixels, 256)).iterator()));
            }
            System.err.println("  " + operators(optimised(int8)));
            Files.write(Path.of("/tmp/q-" + name + ".onnx"), int8);
            Files.write(Path.of("/tmp/o-" + name + ".onnx"), optimised(int8).toByteArray());
        }
    }

    static Coding coding(Granularity granularity) {
        return new Coding(
                new MinMaxCalibrator.Settings(),
                Symmetry.ASYMMETRIC,
                new MinMaxCalibrator.Settings(),
                Symmetry.SYMMETRIC,
                granularity,
                BITS,
                List.of(),
                List.of());
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
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.setOptimizedModelFilePath(file.toString());
            OrtEnvironment.getEnvironment().createSession(model, options).close();
        }
        return ModelProto.parseFrom(Files.readAllBytes(file));
    }
}
