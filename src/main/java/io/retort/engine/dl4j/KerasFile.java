package io.retort.engine.dl4j;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jhdf.HdfFile;
import io.jhdf.api.Attribute;
import io.jhdf.api.Dataset;
import io.jhdf.api.Group;
import io.jhdf.api.Node;
import io.retort.predict.Predictor.TensorSpec;
import io.retort.storage.ArtifactException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.modelimport.keras.KerasLayer;
import org.deeplearning4j.nn.modelimport.keras.KerasModel;
import org.deeplearning4j.nn.modelimport.keras.KerasSequentialModel;
import org.deeplearning4j.nn.modelimport.keras.exceptions.InvalidKerasConfigurationException;
import org.deeplearning4j.nn.modelimport.keras.exceptions.UnsupportedKerasConfigurationException;
import org.deeplearning4j.nn.modelimport.keras.utils.KerasModelBuilder;
import org.deeplearning4j.nn.modelimport.keras.utils.KerasModelUtils;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A network that Keras 2 wrote as HDF5: its configuration as JSON, which DL4J's importer makes layers of, and an array
 * for each weight. The file is read by jHDF, in Java, and not by the importer's native HDF5 1.12.1, which is of 2021.
 * Layers that are code are refused, and nothing outside the file is opened.
 */
final class KerasFile {
    static final String ELSEWHERE =
            "; export it to ONNX (Keras 3: model.export(\"model.onnx\", format=\"onnx\"); Keras 2:"
                    + " python -m tf2onnx.convert --keras model.h5 --output model.onnx), and let the teacher be of kind onnx";

    private static final Set<String> CODE = Set.of("Lambda", "TFOpLambda", "SlicingOpLambda", "TensorFlowOpLayer");

    private final Group root;
    private final long fileBytes;

    private KerasFile(Group root, long fileBytes) {
        this.root = root;
        this.fileBytes = fileBytes;
    }

    /**
     * A network with one input.
     *
     * @param model a {@link MultiLayerNetwork} or {@link ComputationGraph}
     */
    record Imported(Model model, TensorSpec input) {}

    /**
     * Reads a file, one at a time, since the importer keeps its dialect in a static field.
     *
     * @throws ArtifactException whose message goes on behind the file's name
     */
    static synchronized Imported read(Path path) throws IOException {
        try (HdfFile file = new HdfFile(path)) {
            return new KerasFile(file, file.size()).imported();
        } catch (ArtifactException e) {
            throw e;
        } catch (InvalidKerasConfigurationException | UnsupportedKerasConfigurationException | RuntimeException e) {
            String message = String.valueOf(e.getMessage());
            throw new ArtifactException(
                    "cannot be read by DL4J's importer of Keras models: " + message.split("\\. ", 2)[0] + ELSEWHERE, e);
        }
    }

    private Imported imported()
            throws IOException, InvalidKerasConfigurationException, UnsupportedKerasConfigurationException {
        ObjectNode configuration = configuration();
        boolean sequential = configuration.path("class_name").asText().equals("Sequential");
        KerasModelBuilder builder = new KerasModel()
                .modelBuilder()
                .modelJson(configuration.toString())
                .enforceTrainingConfig(false);
        KerasModel keras = sequential ? builder.buildSequential() : builder.buildModel();
        TensorSpec input = input(keras);
        long read = 0;
        for (KerasLayer layer : keras.getLayersOrdered()) {
            if (layer.getNumParams() > 0) {
                Map<String, INDArray> weights = weights(layer.getLayerName());
                layer.setWeights(weights);
                read += weights.values().stream().mapToLong(INDArray::length).sum();
            }
        }
        InputType rows =
                keras.getLayers().get(keras.getInputLayerNames().get(0)).getOutputType();
        Model model = sequential
                ? layers(((KerasSequentialModel) keras).getMultiLayerConfiguration(), rows, read)
                : graph(keras.getComputationGraphConfiguration(), rows, read);
        return new Imported(KerasModelUtils.copyWeightsToModel(model, keras.getLayers()), input);
    }

    /** With the version and the backend, by which the importer knows the dialect. */
    private ObjectNode configuration() throws IOException {
        String json = text("model_config")
                .orElseThrow(
                        () -> new ArtifactException(
                                "is an HDF5 file without a model of Keras in it (model_config); save the model, not its weights alone"));
        String version = text("keras_version").orElse("1");
        if (!version.startsWith("2.")) {
            throw new ArtifactException("is of Keras " + version + ", and only those of Keras 2 are read" + ELSEWHERE);
        }
        if (!(new ObjectMapper().readTree(json) instanceof ObjectNode configuration)) {
            throw new ArtifactException("has a model_config that is no JSON object");
        }
        for (JsonNode found : configuration.findValues("class_name")) {
            if (CODE.contains(found.asText())) {
                throw new ArtifactException("has a layer of the kind " + found.asText()
                        + ", which is code, and no code of a file is run" + ELSEWHERE);
            }
        }
        return configuration
                .put("keras_version", version)
                .put("backend", text("backend").orElse("tensorflow"));
    }

    private Optional<String> text(String name) {
        return Optional.ofNullable(root.getAttribute(name))
                .map(Attribute::getData)
                .map(String::valueOf);
    }

    private static TensorSpec input(KerasModel keras) {
        List<String> names = keras.getInputLayerNames();
        if (names.size() != 1) {
            throw new ArtifactException("has the inputs " + names + ", and must have one" + ELSEWHERE);
        }
        int[] shape = keras.getLayers().get(names.get(0)).getInputShape();
        if (shape == null || (shape.length != 1 && shape.length != 3)) {
            throw new ArtifactException("takes rows of the sizes " + Arrays.toString(shape)
                    + ", which are neither images nor vectors" + ELSEWHERE);
        }
        return Dl4jFile.spec(IntStream.of(shape)
                .map(size -> size > 0 ? size : TensorSpec.OPEN)
                .boxed()
                .toArray(Integer[]::new));
    }

    /** The arrays of a layer by their names there, such as kernel. */
    private Map<String, INDArray> weights(String layer) {
        if (!(node(root, "model_weights/" + layer) instanceof Group group)
                || !(Optional.ofNullable(group.getAttribute("weight_names"))
                                .map(Attribute::getData)
                                .orElse(null)
                        instanceof String[] names)) {
            throw new ArtifactException("has no weights of its layer " + layer);
        }
        Map<String, INDArray> weights = new HashMap<>();
        for (String name : names) {
            String last = name.substring(name.lastIndexOf('/') + 1);
            weights.put(last.replaceFirst(":\\d+$", ""), array(node(group, name), layer + " " + last));
        }
        return weights;
    }

    /** A node by its path, no link, which may lead out of the file. */
    private static Node node(Group from, String path) {
        Node node = from;
        for (String name : path.split("/", -1)) {
            node = node instanceof Group group ? group.getChild(name) : null;
            if (node == null || node.isLink()) {
                throw new ArtifactException("has no " + path + " in it");
            }
        }
        return node;
    }

    private INDArray array(Node node, String name) {
        if (!(node instanceof Dataset dataset) || dataset.getJavaType() != float.class) {
            throw new ArtifactException("has weights " + name + " that are no float32");
        }
        if (dataset.getSizeInBytes() > fileBytes) { // Keras does not compress
            throw new ArtifactException("has weights " + name + " that claim " + dataset.getSizeInBytes()
                    + " bytes, more than the file has");
        }
        long[] sizes = IntStream.of(dataset.getDimensions()).asLongStream().toArray();
        return Nd4j.create((float[]) dataset.getDataFlat(), sizes, 'c');
    }

    private static Model layers(MultiLayerConfiguration configuration, InputType rows, long read) {
        requireNoMore(
                configuration.getConfs().stream()
                        .mapToLong(one -> one.getLayer().initializer().numParams(one))
                        .sum(),
                read);
        List<InputType> types = configuration.getLayerActivationTypes(rows);
        for (int i = 0; i < types.size(); i++) {
            normalizeVectors(configuration.getConf(i).getLayer(), types.get(i));
        }
        MultiLayerNetwork network = new MultiLayerNetwork(configuration);
        network.init();
        return network;
    }

    private static Model graph(ComputationGraphConfiguration configuration, InputType rows, long read) {
        requireNoMore(
                configuration.getVertices().values().stream()
                        .mapToLong(KerasFile::parameters)
                        .sum(),
                read);
        configuration.getLayerActivationTypes(rows).forEach((name, type) -> {
            if (configuration.getVertices().get(name) instanceof LayerVertex vertex) {
                normalizeVectors(vertex.getLayerConf().getLayer(), type);
            }
        });
        ComputationGraph network = new ComputationGraph(configuration);
        network.init();
        return network;
    }

    /**
     * The importer gives each BatchNormalization the layout of Keras, channels last. To oneDNN the layer shows a batch of
     * vectors as images of one pixel with the channels before it, which does not fit that layout: oneDNN fails, the stack
     * trace is logged, and DL4J computes the same without it.
     */
    private static void normalizeVectors(Layer layer, InputType type) {
        if (layer instanceof BatchNormalization normalization && type.getType() == InputType.Type.FF) {
            normalization.setCnn2DFormat(CNN2DFormat.NCHW);
        }
    }

    private static long parameters(GraphVertex vertex) {
        return vertex.numParams(true);
    }

    /** Nothing is allocated for sizes that no weights stand behind. */
    private static void requireNoMore(long claimed, long read) {
        if (claimed > read) {
            throw new ArtifactException("has layers of " + claimed + " parameters and only " + read + " weights");
        }
    }
}
