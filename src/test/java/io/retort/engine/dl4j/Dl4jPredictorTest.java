package io.retort.engine.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.retort.predict.BatchTensor;
import io.retort.predict.OutputKind;
import io.retort.predict.Predictor.Inputs;
import io.retort.predict.Predictor.TensorSpec;
import io.retort.storage.ArtifactException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Networks that DL4J trained and wrote, beside what DL4J itself has for them. */
class Dl4jPredictorTest {
    @TempDir
    private Path directory;

    @BeforeAll
    static void chooseLibrary() {
        NativeBackend.configure();
    }

    @Test
    void answersAsTheNetworkThatWasSaved() throws IOException {
        MultiLayerNetwork network = dense(Activation.SOFTMAX, LossFunction.MCXENT);
        INDArray rows = Nd4j.rand(20, 3);
        INDArray labels = Nd4j.zeros(20, 2);
        for (int i = 0; i < 20; i++) {
            labels.putScalar(i, i % 2, 1);
        }
        for (int i = 0; i < 20; i++) {
            network.fit(rows, labels);
        }
        try (Dl4jPredictor predictor = Dl4jPredictor.open(saved(network))) {
            assertThat(predictor.inputs().get(0).describe()).isEqualTo("float32 [batch, 3]");
            assertThat(predictor.outputKind()).isEqualTo(OutputKind.PROBABILITIES);
            assertThat(predictor.parameters()).isEqualTo(3 * 8 + 8 + 8 * 2 + 2);
            assertThat(ask(predictor, rows))
                    .containsExactly(network.output(rows).data().asFloat(), within(1e-6f));
        }
    }

    @Test
    void takesImagesWhereTheNetworkDoes() throws IOException {
        MultiLayerNetwork network = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .seed(7)
                .list()
                .layer(new ConvolutionLayer.Builder(3, 3)
                        .nOut(4)
                        .activation(Activation.RELU)
                        .build())
                .layer(new BatchNormalization())
                .layer(new SubsamplingLayer.Builder()
                        .kernelSize(2, 2)
                        .stride(2, 2)
                        .build())
                .layer(new OutputLayer.Builder(LossFunction.MSE)
                        .nOut(5)
                        .activation(Activation.IDENTITY)
                        .build())
                .setInputType(InputType.convolutionalFlat(8, 6, 2))
                .build());
        network.init();
        INDArray images = Nd4j.rand(3, 2, 8, 6);
        try (Dl4jPredictor predictor = Dl4jPredictor.open(saved(network))) {
            assertThat(predictor.inputs().get(0).describe()).isEqualTo("float32 [batch, 2, 8, 6]");
            assertThat(predictor.outputKind()).isEqualTo(OutputKind.LOGITS);
            assertThat(ask(predictor, images))
                    .containsExactly(
                            network.output(images.dup().reshape(3, 96)).data().asFloat(), within(1e-6f));
        }
    }

    @Test
    void readsGraphs() throws IOException {
        ComputationGraph graph = new ComputationGraph(new NeuralNetConfiguration.Builder()
                .seed(7)
                .graphBuilder()
                .addInputs("in")
                .addLayer(
                        "hidden",
                        new DenseLayer.Builder()
                                .nIn(3)
                                .nOut(4)
                                .activation(Activation.TANH)
                                .build(),
                        "in")
                .addLayer(
                        "out",
                        new OutputLayer.Builder(LossFunction.XENT)
                                .nIn(4)
                                .nOut(2)
                                .activation(Activation.SIGMOID)
                                .build(),
                        "hidden")
                .setOutputs("out")
                .build());
        graph.init();
        INDArray rows = Nd4j.rand(5, 3);
        try (Dl4jPredictor predictor = Dl4jPredictor.open(saved(graph))) {
            assertThat(ask(predictor, rows))
                    .containsExactly(graph.outputSingle(rows).data().asFloat(), within(1e-6f));
        }
    }

    @Test
    void refusesWhatIsNoSuchNetwork() throws IOException {
        assertRefused(
                file("text.zip", "no zip".getBytes(StandardCharsets.UTF_8)), "text.zip is neither a zip of DL4J's");
        assertRefused(zip("model.keras", Map.of("model.weights.h5", new byte[0])), "is of Keras 3, and only");
        assertRefused(zip("other.zip", Map.of("x", new byte[0])), "it has no configuration.json");
        MultiLayerNetwork sequences = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .list()
                .layer(new LSTM.Builder().nIn(3).nOut(4).build())
                .layer(new RnnOutputLayer.Builder(LossFunction.MCXENT)
                        .nIn(4)
                        .nOut(2)
                        .activation(Activation.SOFTMAX)
                        .build())
                .build());
        sequences.init();
        assertRefused(saved(sequences), "begins with a layer LSTM, which takes sequences; export it to ONNX");
        assertRefused(saved(dense(Activation.TANH, LossFunction.MSE)), "ends with the activation tanh");
    }

    /** A preprocessor is a Java object, and a configuration names classes: neither is for a file to choose. */
    @Test
    void deserialisesNothing() throws IOException {
        Path saved = saved(dense(Activation.SOFTMAX, LossFunction.MCXENT));
        for (String name : List.of("preprocessor.bin", "normalizer.bin")) {
            Path with = changed(saved, content -> content, Map.of(name, new byte[] {1}));
            assertRefused(with, "holds " + name + ", which is not read here");
        }
        Path foreign = changed(
                saved,
                content ->
                        content.replaceFirst("org\\.nd4j\\.linalg\\.activations\\.impl\\.\\w+", "javax.swing.JFrame"),
                Map.of());
        assertRefused(foreign, "names the class javax.swing.JFrame in its configuration");
    }

    /** A trillion values, and sizes without values behind them. */
    @Test
    void takesNoMemoryForSizesThatAreOnlyClaimed() throws IOException {
        Path saved = saved(dense(Activation.SOFTMAX, LossFunction.MCXENT));
        byte[] coefficients;
        try (ZipFile zip = new ZipFile(saved.toFile())) {
            coefficients = zip.getInputStream(zip.getEntry("coefficients.bin")).readAllBytes();
        }
        ByteBuffer content = ByteBuffer.wrap(coefficients);
        int shape = 2 + content.getShort(0); // behind the allocation mode's name
        long numbers = content.getLong(shape);
        int first = shape + Long.BYTES + 2 + "LONG".length();
        int values = (int) (first + numbers * Long.BYTES);
        int length = values + 2 + content.getShort(values);
        assertThat(content.getLong(length)).isEqualTo(3 * 8 + 8 + 8 * 2 + 2);
        assertRefused(
                withLong(saved, coefficients, length, 1_000_000_000_000L),
                "has coefficients that claim to be 1000000000000 values, more than its ");
        assertRefused(
                withLong(saved, coefficients, length, -1), "has coefficients that claim to be -1 values, more than");
        assertRefused(
                withLong(saved, coefficients, shape, 1L << 40),
                "has coefficients whose sizes claim to be 1099511627776 numbers");
        assertRefused(
                withLong(saved, coefficients, first + 2 * Long.BYTES, 5_000_000_000L),
                "has coefficients of the sizes [1, 5000000000], for which it has 50 values");
    }

    private Path withLong(Path saved, byte[] coefficients, int place, long value) throws IOException {
        byte[] changed = coefficients.clone();
        ByteBuffer.wrap(changed).putLong(place, value);
        Map<String, byte[]> entries = new LinkedHashMap<>();
        try (ZipFile zip = new ZipFile(saved.toFile())) {
            byte[] configuration =
                    zip.getInputStream(zip.getEntry("configuration.json")).readAllBytes();
            entries.put("configuration.json", configuration);
        }
        entries.put("coefficients.bin", changed);
        return zip("claimed.zip", entries);
    }

    private static void assertRefused(Path file, String message) {
        assertThatThrownBy(() -> Dl4jPredictor.open(file))
                .isInstanceOf(ArtifactException.class)
                .hasMessageStartingWith(file.getFileName().toString())
                .hasMessageContaining(message);
    }

    static MultiLayerNetwork dense(Activation last, LossFunction loss) {
        MultiLayerNetwork network = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .seed(7)
                .updater(new Adam(0.02))
                .list()
                .layer(new DenseLayer.Builder()
                        .nIn(3)
                        .nOut(8)
                        .activation(Activation.RELU)
                        .build())
                .layer(new OutputLayer.Builder(loss)
                        .nIn(8)
                        .nOut(2)
                        .activation(last)
                        .build())
                .build());
        network.init();
        return network;
    }

    private Path saved(Model network) throws IOException {
        Path file = directory.resolve("network-" + network.numParams() + ".zip");
        ModelSerializer.writeModel(network, file.toFile(), true);
        return file;
    }

    private Path file(String name, byte[] content) throws IOException {
        return Files.write(directory.resolve(name), content);
    }

    private Path zip(String name, Map<String, byte[]> entries) throws IOException {
        Path file = directory.resolve(name);
        try (OutputStream out = Files.newOutputStream(file);
                ZipOutputStream zip = new ZipOutputStream(out)) {
            for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
                zip.putNextEntry(new ZipEntry(entry.getKey()));
                zip.write(entry.getValue());
            }
        }
        return file;
    }

    private Path changed(Path saved, UnaryOperator<String> change, Map<String, byte[]> more) throws IOException {
        Map<String, byte[]> entries = new LinkedHashMap<>(more);
        try (ZipFile zip = new ZipFile(saved.toFile())) {
            for (ZipEntry entry : zip.stream().toList()) {
                entries.put(entry.getName(), zip.getInputStream(entry).readAllBytes());
            }
        }
        entries.computeIfPresent(
                "configuration.json",
                (name, content) -> change.apply(new String(content, StandardCharsets.UTF_8))
                        .getBytes(StandardCharsets.UTF_8));
        return zip("changed-" + more.size() + ".zip", entries);
    }

    private static float[] ask(Dl4jPredictor predictor, INDArray rows) {
        TensorSpec input = predictor.inputs().get(0);
        int count = (int) rows.size(0);
        BatchTensor tensor = new BatchTensor(input.type(), input.rowSizes(), count + 2);
        float[] values = rows.dup('c').data().asFloat();
        for (int row = 0; row < count; row++) {
            tensor.putRow(row, values, row * tensor.rowElements());
        }
        return predictor
                .predict(new Inputs(count, Map.of(input.name(), tensor)))
                .of(Dl4jPredictor.OUTPUT);
    }
}
