package io.retort.engine.onnx.write;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.retort.engine.Tap;
import io.retort.engine.onnx.run.OnnxFile;
import io.retort.engine.onnx.run.OnnxSession;
import io.retort.engine.onnx.write.OnnxGraph.ShortNames;
import io.retort.engine.onnx.write.OnnxTaps.TapGraph;
import io.retort.network.BatchNormFolding;
import io.retort.network.Network;
import io.retort.network.int8.Quantization;
import io.retort.storage.ArtifactException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A network as an ONNX file: input {@code input [batch, channels, height, width]} or {@code [batch, features]}, float32
 * and unscaled; output {@code logits [batch, classes]}. One that reads texts has the input
 * {@code input [batch, length]}, int64 token ids.
 *
 * <p>Input scaling is part of the graph, and BatchNorm is folded into the layer before it where it can be. The same
 * arguments give the same bytes.
 */
public final class OnnxModel {
    /** The metadata key of the class names, a JSON array by class index. */
    public static final String CLASSES = "classes";

    /** The metadata key of the rule by which texts are cut into tokens; only of a network that reads texts. */
    private static final String TOKENS = "tokens";

    /**
     * The metadata key of the names of the input's elements, a JSON array in their order; only where they have names.
     */
    public static final String COLUMNS = "columns";

    /** The metadata key of what a network predicts: {@code class}, {@code several-classes}, {@code numbers}, {@code embedding}. */
    public static final String TASK = "task";

    /** The metadata of inputs and outputs, as opposed to provenance, by key. */
    private static final Map<String, String> MEANING = Map.of(
            CLASSES,
            "class names",
            OnnxSession.VOCABULARY,
            "vocabulary",
            TOKENS,
            "rule of tokens",
            COLUMNS,
            "column names");

    static final String INPUT = "input";
    static final String LOGITS = "logits";
    static final String BATCH = "batch";
    /** Both are old enough for every runtime since 2022. */
    static final int OPSET = 17;

    private static final int IR_VERSION = 8;

    private OnnxModel() {}

    /**
     * Writes a network.
     *
     * @param classNames by class index
     * @param provenance metadata properties: what the network was made of, and by what
     */
    public static byte[] bytes(Network network, List<String> classNames, Map<String, String> provenance) {
        return unfolded(BatchNormFolding.fold(network), classNames, provenance);
    }

    /**
     * Writes a network as {@link #bytes} does, with the parameters that are halves (IEEE 754) stored as such: a file of
     * half the size, of which a runtime makes the same float32 network when it opens it.
     */
    public static byte[] halves(Network network, List<String> classNames, Map<String, String> provenance) {
        Network folded = BatchNormFolding.fold(network);
        return bytes(
                folded, ShortNames.in(NetworkWriter.graph(folded, new GraphRewriter.Halves())), classNames, provenance);
    }

    /**
     * Writes a quantized network, with QuantizeLinear and DequantizeLinear pairs (QDQ) where the quantization demands
     * them. BatchNorm is not folded, since the codes are those of the network's own weights: quantize a folded one.
     */
    public static byte[] quantized(
            Network network, Quantization quantization, List<String> classNames, Map<String, String> provenance) {
        GraphProto graph = NetworkWriter.graph(network, new QuantizeWiring(network, quantization));
        return bytes(network, ShortNames.in(graph), classNames, provenance);
    }

    /**
     * Writes the simulation of a quantized network: the weights and biases that int8 leaves, in float32, and values
     * that are rounded by elementary float32 operators. It computes what an int8 runtime should, by float kernels.
     */
    public static byte[] simulation(Network network, Quantization quantization, List<String> classNames) {
        Network rounded = quantization.rounded(network);
        GraphProto graph = NetworkWriter.graph(rounded, new GraphRewriter.Simulation(quantization));
        return bytes(rounded, graph, classNames, Map.of());
    }

    /**
     * Writes the part of a network that its taps need: input as {@link #bytes}, output
     * {@code TAPS [batch, elements of all taps]}, one tap after the other.
     *
     * <p>BatchNorm is not folded, so that each tap is what the network's node gives.
     */
    public static byte[] taps(Network network, List<Tap> taps) {
        return model(TapGraph.alone(network, taps)).build().toByteArray();
    }

    static byte[] unfolded(Network network, List<String> classNames, Map<String, String> provenance) {
        return bytes(network, NetworkWriter.graph(network, GraphRewriter.DIRECT), classNames, provenance);
    }

    static byte[] bytes(Network network, GraphProto graph, List<String> classNames, Map<String, String> provenance) {
        int classes = network.structure().classes();
        if (classNames.size() != classes) {
            throw new IllegalArgumentException(
                    "a network of " + classes + " classes was given " + classNames.size() + " class names");
        }
        Map<String, String> metadata = new TreeMap<>(provenance);
        for (String key : metadata.keySet()) {
            if (MEANING.containsKey(key)) {
                throw new IllegalArgumentException(
                        "provenance must not have the key '" + key + "', which holds the " + MEANING.get(key));
            }
        }
        metadata.put(CLASSES, json(classNames));
        if (!network.structure().signature().columns().isEmpty()) {
            metadata.put(COLUMNS, json(network.structure().signature().columns()));
        }
        network.structure().vocabulary().ifPresent(words -> {
            metadata.put(OnnxSession.VOCABULARY, json(words.byId()));
            metadata.put(TOKENS, words.rule());
        });
        ModelProto.Builder model = model(graph);
        metadata.forEach((key, value) -> model.addMetadataProps(
                StringStringEntryProto.newBuilder().setKey(key).setValue(value)));
        return model.build().toByteArray();
    }

    /**
     * A model with the metadata of its inputs and outputs and without its provenance: equal for networks that differ in
     * their provenance only.
     *
     * @throws ArtifactException if the bytes are no ONNX model
     */
    public static byte[] withoutProvenance(byte[] model) {
        ModelProto parsed = OnnxFile.parsed(model);
        List<StringStringEntryProto> kept = parsed.getMetadataPropsList().stream()
                .filter(entry -> MEANING.containsKey(entry.getKey()))
                .toList();
        return parsed.toBuilder()
                .clearMetadataProps()
                .addAllMetadataProps(kept)
                .build()
                .toByteArray();
    }

    /** The metadata of a model besides those of its inputs and outputs, by key. */
    public static Map<String, String> provenance(byte[] model) {
        Map<String, String> provenance = new TreeMap<>();
        OnnxFile.parsed(model).getMetadataPropsList().stream()
                .filter(entry -> !MEANING.containsKey(entry.getKey()))
                .forEach(entry -> provenance.put(entry.getKey(), entry.getValue()));
        return provenance;
    }

    /** The class names in a model that {@link #bytes} wrote. */
    public static List<String> classNames(byte[] model) {
        for (StringStringEntryProto entry : OnnxFile.parsed(model).getMetadataPropsList()) {
            if (entry.getKey().equals(CLASSES)) {
                return names(entry.getValue());
            }
        }
        return List.of();
    }

    private static List<String> names(String json) {
        try {
            return List.of(new JsonMapper().readValue(json, String[].class));
        } catch (JsonProcessingException e) {
            throw new ArtifactException("an ONNX model's " + CLASSES + " are no JSON array of text", e);
        }
    }

    /** A graph as a model without metadata. */
    static ModelProto.Builder model(GraphProto graph) {
        return ModelProto.newBuilder()
                .setIrVersion(IR_VERSION)
                .setProducerName("retort")
                .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("").setVersion(OPSET))
                .setGraph(graph);
    }

    private static String json(List<String> names) {
        try {
            return new JsonMapper().writeValueAsString(names);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a list of text is JSON", e);
        }
    }

    /** Calls a network's output by what it is, where that is a vector and no logits of classes. */
    public static final class VectorOutput {
        /** The name of the output. */
        public static final String EMBEDDING = "embedding";

        /** A layer may have that name. */
        private static final Map<String, String> NAMES =
                Map.of(OnnxModel.LOGITS, EMBEDDING, EMBEDDING, EMBEDDING + "/value");

        private VectorOutput() {}

        /** A model of ours whose output is {@value #EMBEDDING}, and which has no names of classes. */
        public static byte[] of(byte[] model) {
            ModelProto parsed = OnnxFile.parsed(model);
            GraphProto.Builder graph = OnnxProtos.renamed(parsed.getGraph(), NAMES);
            ModelProto.Builder whole = parsed.toBuilder().setGraph(graph).clearMetadataProps();
            for (StringStringEntryProto entry : parsed.getMetadataPropsList()) {
                if (!entry.getKey().equals(OnnxModel.CLASSES)) {
                    whole.addMetadataProps(entry);
                }
            }
            return whole.build().toByteArray();
        }
    }
}
