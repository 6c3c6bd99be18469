package io.retort.engine.dl4j;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.retort.predict.ElementType;
import io.retort.predict.OutputKind;
import io.retort.predict.Predictor.TensorSpec;
import io.retort.storage.ArtifactException;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.BaseRecurrentLayer;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.Convolution3D;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.preprocessor.FeedForwardToCnnPreProcessor;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.common.primitives.Triple;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.activations.impl.ActivationSigmoid;
import org.nd4j.linalg.activations.impl.ActivationSoftmax;
import org.nd4j.linalg.api.buffer.BaseDataBuffer;
import org.nd4j.linalg.api.buffer.DataBuffer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A network that DL4J's {@code ModelSerializer} wrote, a zip with a configuration as JSON and its parameters, or one
 * that Keras 2 wrote ({@link KerasFile}). Nothing in it is deserialised by Java, and a zip's configuration may name no
 * classes but DL4J's and ND4J's.
 *
 * @param model a {@link MultiLayerNetwork} or {@link ComputationGraph}
 * @param input the one that it has
 * @param output what its activation makes its one output
 */
record Dl4jFile(Model model, TensorSpec input, OutputKind output) {
    static final String INPUT = "input";

    private static final int MAX_JSON_BYTES = 64 << 20;

    /** Of the sizes and strides of an array of 32 dimensions, and what else ND4J keeps with them. */
    private static final int MAX_SHAPE_NUMBERS = 2 * 32 + 4;

    /** Bytes that one byte of deflate can make at most. */
    private static final int MOST_DEFLATED = 1032;

    private static final String ELSEWHERE = "; export it to ONNX, and let the teacher be of kind onnx";

    /** @throws ArtifactException that names the file and says what to do */
    static Dl4jFile read(Path file) {
        NativeBackend.configure();
        try {
            if (isHdf5(file)) {
                return keras(KerasFile.read(file));
            }
            try (ZipFile zip = new ZipFile(file.toFile())) {
                return read(zip);
            }
        } catch (ArtifactException e) {
            throw new ArtifactException(file.getFileName() + " " + e.getMessage(), e);
        } catch (IOException | RuntimeException e) { // DL4J throws whatever comes of a broken file
            throw new ArtifactException(
                    file.getFileName() + " cannot be read as a network of DL4J: " + e.getMessage(), e);
        }
    }

    private static boolean isHdf5(Path file) throws IOException {
        byte[] start = new byte[4];
        try (InputStream in = Files.newInputStream(file)) {
            in.readNBytes(start, 0, start.length);
        }
        String magic = new String(start, StandardCharsets.ISO_8859_1);
        boolean hdf5 = magic.equals("\u0089HDF");
        if (!hdf5 && !magic.equals("PK\3\4")) {
            throw new ArtifactException("is neither a zip of DL4J's ModelSerializer nor an HDF5 file of Keras 2");
        }
        return hdf5;
    }

    private static Dl4jFile keras(KerasFile.Imported imported) {
        if (imported.model() instanceof MultiLayerNetwork layers) {
            MultiLayerConfiguration configuration = layers.getLayerWiseConfigurations();
            int last = configuration.getConfs().size() - 1;
            return new Dl4jFile(
                    layers, imported.input(), output(configuration.getConf(last).getLayer()));
        }
        ComputationGraph graph = (ComputationGraph) imported.model();
        return new Dl4jFile(graph, imported.input(), output(last(graph.getConfiguration())));
    }

    /** The layer that gives the one output. */
    private static Layer last(ComputationGraphConfiguration configuration) {
        List<String> outputs = configuration.getNetworkOutputs();
        if (outputs.size() != 1) {
            throw new ArtifactException("has the outputs " + outputs + ", and must have one" + ELSEWHERE);
        }
        if (!(configuration.getVertices().get(outputs.get(0)) instanceof LayerVertex last)) {
            throw new ArtifactException("has an output that is no layer" + ELSEWHERE);
        }
        return last.getLayerConf().getLayer();
    }

    private static Dl4jFile read(ZipFile zip) throws IOException {
        if (zip.getEntry("model.weights.h5") != null) {
            throw new ArtifactException("is of Keras 3, and only HDF5 files of Keras 2 are read" + KerasFile.ELSEWHERE);
        }
        for (String name : List.of("preprocessor.bin", "normalizer.bin")) {
            if (zip.getEntry(name) != null) {
                throw new ArtifactException(
                        "holds " + name + ", which is not read here, for it may hold any Java object;"
                                + " say what it does by the encoder's divide-by, mean and deviation, and take it out: zip -d FILE "
                                + name);
            }
        }
        String json = new String(content(zip, "configuration.json"), StandardCharsets.UTF_8);
        JsonNode configuration = configuration(json);
        requireBacked(zip, entry(zip, "coefficients.bin"));
        try (InputStream in = zip.getInputStream(entry(zip, "coefficients.bin"))) {
            INDArray parameters = Nd4j.read(new DataInputStream(in));
            if (parameters.length() != parameters.data().length()) {
                throw new ArtifactException("has coefficients of the sizes " + Arrays.toString(parameters.shape())
                        + ", for which it has " + parameters.data().length() + " values");
            }
            return configuration.has("vertices") ? graph(json, parameters) : layers(json, parameters);
        }
    }

    /**
     * Refuses an array of more bytes than the packed ones can make, before any memory is taken for it: an array is a
     * buffer of its sizes and strides and one of its values, each with its length in front.
     */
    private static void requireBacked(ZipFile zip, ZipEntry entry) throws IOException {
        try (DataInputStream in = new DataInputStream(zip.getInputStream(entry))) {
            long sizes = BaseDataBuffer.readHeader(in).getMiddle();
            if (sizes < 0 || sizes > MAX_SHAPE_NUMBERS) {
                throw new ArtifactException("has coefficients whose sizes claim to be " + sizes + " numbers");
            }
            in.skipNBytes(sizes * Long.BYTES);
            Triple<DataBuffer.AllocationMode, Long, DataType> values = BaseDataBuffer.readHeader(in);
            long most = entry.getCompressedSize() * MOST_DEFLATED;
            if (values.getMiddle() < 0
                    || values.getMiddle() > most / values.getRight().width()) {
                throw new ArtifactException("has coefficients that claim to be " + values.getMiddle()
                        + " values, more than its " + entry.getCompressedSize() + " bytes can hold");
            }
        }
    }

    private static ZipEntry entry(ZipFile zip, String name) {
        return Optional.ofNullable(zip.getEntry(name))
                .orElseThrow(() -> new ArtifactException("is no zip of DL4J's ModelSerializer: it has no " + name));
    }

    private static byte[] content(ZipFile zip, String name) throws IOException {
        try (InputStream in = zip.getInputStream(entry(zip, name))) {
            byte[] content = in.readNBytes(MAX_JSON_BYTES);
            if (in.read() >= 0) {
                throw new ArtifactException("has a " + name + " of more than " + MAX_JSON_BYTES + " bytes");
            }
            return content;
        }
    }

    private static JsonNode configuration(String json) throws JsonProcessingException {
        JsonNode configuration = new ObjectMapper().readTree(json);
        for (String field : List.of("@class", "class")) {
            for (JsonNode found : configuration.findValues(field)) {
                String name = found.asText();
                if (!name.startsWith("org.deeplearning4j.") && !name.startsWith("org.nd4j.")) {
                    throw new ArtifactException("names the class " + name
                            + " in its configuration; only DL4J's own layers are loaded" + ELSEWHERE);
                }
            }
        }
        return configuration;
    }

    private static Dl4jFile layers(String json, INDArray parameters) {
        MultiLayerConfiguration configuration = MultiLayerConfiguration.fromJson(json);
        int last = configuration.getConfs().size() - 1;
        TensorSpec input =
                input(configuration.getConf(0).getLayer(), Optional.ofNullable(configuration.getInputPreProcess(0)));
        OutputKind output = output(configuration.getConf(last).getLayer());
        MultiLayerNetwork network = new MultiLayerNetwork(configuration);
        network.init(parameters, false);
        return new Dl4jFile(network, input, output);
    }

    private static Dl4jFile graph(String json, INDArray parameters) {
        ComputationGraphConfiguration configuration = ComputationGraphConfiguration.fromJson(json);
        List<String> inputs = configuration.getNetworkInputs();
        if (inputs.size() != 1) {
            throw new ArtifactException("has the inputs " + inputs + ", and must have one" + ELSEWHERE);
        }
        Layer last = last(configuration);
        TensorSpec input = configuration.getVertexInputs().entrySet().stream()
                .filter(entry -> entry.getValue().equals(inputs))
                .map(entry -> configuration.getVertices().get(entry.getKey()))
                .flatMap(vertex ->
                        vertex instanceof LayerVertex layer ? List.of(layer).stream() : List.<LayerVertex>of().stream())
                .map(vertex -> input(vertex.getLayerConf().getLayer(), Optional.ofNullable(vertex.getPreProcessor())))
                .findFirst()
                .orElseThrow(() -> new ArtifactException("has no layer that takes its input" + ELSEWHERE));
        ComputationGraph network = new ComputationGraph(configuration);
        network.init(parameters, false);
        return new Dl4jFile(network, input, output(last));
    }

    private static TensorSpec input(Layer first, Optional<InputPreProcessor> before) {
        if (before.orElse(null) instanceof FeedForwardToCnnPreProcessor flat) {
            return spec((int) flat.getNumChannels(), (int) flat.getInputHeight(), (int) flat.getInputWidth());
        }
        if (first instanceof ConvolutionLayer layer
                && !(first instanceof Convolution1DLayer)
                && !(first instanceof Convolution3D)) {
            int channels = (int) layer.getNIn();
            return layer.getCnn2dDataFormat() == CNN2DFormat.NHWC
                    ? spec(TensorSpec.OPEN, TensorSpec.OPEN, channels)
                    : spec(channels, TensorSpec.OPEN, TensorSpec.OPEN);
        } else if (first instanceof DenseLayer layer) {
            return spec((int) layer.getNIn());
        } else if (first instanceof OutputLayer layer) {
            return spec((int) layer.getNIn());
        }
        String kind =
                first instanceof BaseRecurrentLayer ? "sequences" : "neither images nor vectors, as far as is known";
        throw new ArtifactException(
                "begins with a layer " + first.getClass().getSimpleName() + ", which takes " + kind + ELSEWHERE);
    }

    static TensorSpec spec(Integer... row) {
        Integer[] sizes = new Integer[row.length + 1];
        sizes[0] = TensorSpec.OPEN;
        System.arraycopy(row, 0, sizes, 1, row.length);
        return new TensorSpec(INPUT, ElementType.FLOAT32, List.of(sizes));
    }

    private static OutputKind output(Layer last) {
        IActivation activation = last instanceof BaseLayer layer
                ? layer.getActivationFn()
                : last instanceof ActivationLayer only ? only.getActivationFn() : new ActivationIdentity();
        if (activation instanceof ActivationSoftmax || activation instanceof ActivationSigmoid) {
            return OutputKind.PROBABILITIES;
        } else if (activation instanceof ActivationIdentity) {
            return OutputKind.LOGITS;
        }
        throw new ArtifactException(
                "ends with the activation " + activation + ", and must end with softmax, sigmoid or identity");
    }
}
