package io.retort.engine.onnx.run;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.Message;
import io.retort.storage.ArtifactException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * An ONNX file that somebody else made, in a local folder: one file, or one with its weights in further files of that
 * folder.
 *
 * <p>The files are data. Nothing but them is opened, no library of operators is loaded, and sizes that no values stand
 * behind are refused.
 *
 * @param file the model
 * @param dataFiles the names of the further files, sorted
 */
public record ForeignModel(Path file, List<String> dataFiles, GraphFacts facts) {
    public ForeignModel {
        dataFiles = List.copyOf(dataFiles);
    }

    /**
     * Looks through a model and its data.
     *
     * @throws ArtifactException where a file is missing, damaged or truncated, or names files elsewhere; the message
     *     names it
     */
    public static ForeignModel at(Path file) {
        try {
            ModelProto model = parsed(file);
            TensorSizes.requireHonest(model);
            requireData(model, file);
            return new ForeignModel(file, dataFiles(model), GraphFacts.of(model));
        } catch (ArtifactException e) {
            throw new ArtifactException(file + ": " + e.getMessage(), e);
        }
    }

    /** The names of the further files of a model, sorted; none of them has been looked at. */
    public static List<String> dataFiles(Path file) {
        try {
            return dataFiles(parsed(file));
        } catch (ArtifactException e) {
            throw new ArtifactException(file + ": " + e.getMessage(), e);
        }
    }

    private static List<String> dataFiles(ModelProto model) {
        TreeSet<String> names = new TreeSet<>();
        OnnxFile.visit(model, message -> {
            if (message instanceof TensorProto tensor && OnnxFile.isOutside(tensor)) {
                names.add(ExternalData.of(tensor).location());
            }
        });
        return List.copyOf(names);
    }

    private static void requireData(ModelProto model, Path file) {
        OnnxFile.visit(model, message -> {
            if (message instanceof TensorProto tensor && OnnxFile.isOutside(tensor)) {
                ExternalData data = ExternalData.of(tensor);
                data.requireFits(bytesOf(data, file), TensorSizes.bytes(tensor));
            }
        });
    }

    private static long bytesOf(ExternalData data, Path file) {
        Path folder = file.toAbsolutePath().getParent();
        try {
            Path real = folder.resolve(data.location()).toRealPath();
            if (!real.startsWith(folder.toRealPath()) || !Files.isRegularFile(real)) {
                throw data.outside("'" + data.location() + "', a link to " + real);
            }
            return Files.size(real);
        } catch (NoSuchFileException e) {
            throw new ArtifactException(
                    "its weights are in '" + data.location() + "', which is not beside it; copy that file into "
                            + folder + " too, or export the model in one file (torch.onnx.export: external_data=False)",
                    e);
        } catch (IOException e) {
            throw new ArtifactException("'" + data.location() + "' cannot be looked at: " + e.getMessage(), e);
        }
    }

    /** The model with tensors instead of ZipMaps, and with further tensors among its outputs. */
    byte[] withOutputs(List<String> tensors) {
        ModelProto.Builder model = ZipMaps.asTensors(parsed(file)).toBuilder();
        tensors.forEach(name ->
                model.getGraphBuilder().addOutput(ValueInfoProto.newBuilder().setName(name)));
        return model.build().toByteArray();
    }

    /** The tensors that a node of the graph gives, which may be read as outputs. */
    List<String> tensors() {
        return parsed(file).getGraph().getNodeList().stream()
                .flatMap(node -> node.getOutputList().stream())
                .filter(name -> !name.isEmpty())
                .toList();
    }

    /** Weights within the file are slices of a mapping of it: a large model takes no heap. */
    private static ModelProto parsed(Path file) {
        try (FileChannel channel = FileChannel.open(file)) {
            long bytes = channel.size();
            if (bytes > Integer.MAX_VALUE) {
                throw new ArtifactException("it has " + bytes + " bytes, and an ONNX file at most " + Integer.MAX_VALUE
                        + "; export it with its weights beside it (external_data=True)");
            }
            ByteBuffer mapped = channel.map(FileChannel.MapMode.READ_ONLY, 0, bytes);
            return OnnxFile.parsed(mapped);
        } catch (NoSuchFileException e) {
            throw new ArtifactException("there is no such file", e);
        } catch (IOException e) {
            throw new ArtifactException("it cannot be read: " + e.getMessage(), e);
        }
    }

    /**
     * Where a tensor's values lie when they are in a file beside the model.
     *
     * @param location the file, beside the model; the file's author chose it
     * @param offset of the first byte
     * @param bytes nothing (−1) where they reach to the end of the file
     */
    private record ExternalData(String tensor, String location, long offset, long bytes) {
        private static final long UNTIL_THE_END = -1;

        static ExternalData of(TensorProto tensor) {
            String location = "";
            long offset = 0;
            long bytes = UNTIL_THE_END;
            for (StringStringEntryProto entry : tensor.getExternalDataList()) {
                switch (entry.getKey()) {
                    case "location" -> location = entry.getValue();
                    case "offset" -> offset = number(tensor, entry);
                    case "length" -> bytes = number(tensor, entry);
                    default -> {} // a checksum, or what later versions add
                }
            }
            ExternalData data = new ExternalData(tensor.getName(), location, offset, bytes);
            data.requireInside();
            return data;
        }

        private static long number(TensorProto tensor, StringStringEntryProto entry) {
            try {
                long number = Long.parseLong(entry.getValue());
                if (number >= 0) {
                    return number;
                }
            } catch (NumberFormatException e) {
                // refused below
            }
            throw new ArtifactException("tensor '" + tensor.getName() + "' has the external " + entry.getKey() + " '"
                    + entry.getValue() + "', which must be a whole number of at least 0; the file is damaged");
        }

        /**
         * Refuses a location that is not plainly a file beside the model. Links are for whoever opens it to look at.
         */
        private void requireInside() {
            boolean plain = !location.isEmpty()
                    && !location.equals(".")
                    && !location.equals("..")
                    && location.chars().noneMatch(character -> "/\\:\0".indexOf(character) >= 0);
            if (!plain) {
                throw outside("'" + location + "'");
            }
        }

        ArtifactException outside(String where) {
            return new ArtifactException("tensor '" + tensor + "' is stored in " + where
                    + ", which is not in the model's folder, and nothing else is opened; save the model in one file,"
                    + " or with its data beside it");
        }

        /** Refuses a file that is too short for the tensor. */
        void requireFits(long fileBytes, long tensorBytes) {
            long needed = bytes == UNTIL_THE_END ? tensorBytes : bytes;
            if (tensorBytes != needed) {
                throw new ArtifactException("tensor '" + tensor + "' needs " + tensorBytes + " bytes, but " + needed
                        + " of '" + location + "' are said to be its own; the model is damaged");
            }
            if (offset > fileBytes || needed > fileBytes - offset) {
                throw new ArtifactException(
                        "tensor '" + tensor + "' needs " + needed + " bytes from " + offset + " on in '" + location
                                + "', which has " + fileBytes + "; the file is truncated, so copy it again");
            }
        }
    }

    /**
     * What a model's graph shows of how its answers come about.
     *
     * @param batchDependent operators by which a row's answer depends on the other rows of its batch, each once
     * @param random operators that draw random numbers, each once
     * @param classLabels the classes in the order of the outputs, of a model that has them as attributes (a forest, a
     *     linear or support vector classifier, a ZipMap); otherwise none
     * @param zipMaps outputs that are maps from class to probability, {@link ZipMaps}
     */
    public record GraphFacts(
            List<String> batchDependent, List<String> random, List<String> classLabels, List<String> zipMaps) {
        /** They quantize by the least and the greatest value of the whole batch. */
        private static final Set<String> DYNAMICALLY_QUANTIZED =
                Set.of("DynamicQuantizeLinear", "DynamicQuantizeMatMul", "DynamicQuantizeLSTM");

        private static final Set<String> RANDOM = Set.of(
                "Bernoulli", "Multinomial", "RandomNormal", "RandomNormalLike", "RandomUniform", "RandomUniformLike");

        public GraphFacts {
            batchDependent = List.copyOf(batchDependent);
            random = List.copyOf(random);
            classLabels = List.copyOf(classLabels);
            zipMaps = List.copyOf(zipMaps);
        }

        static GraphFacts of(ModelProto model) {
            List<String> batchDependent = new ArrayList<>();
            List<String> random = new ArrayList<>();
            List<String> labels = new ArrayList<>(ZipMaps.classLabels(model));
            OnnxFile.visit(model, message -> look(message, batchDependent, random, labels));
            return new GraphFacts(
                    batchDependent.stream().distinct().sorted().toList(),
                    random.stream().distinct().sorted().toList(),
                    labels,
                    ZipMaps.outputs(model));
        }

        private static void look(
                Message message, List<String> batchDependent, List<String> random, List<String> classLabels) {
            if (!(message instanceof NodeProto node)) {
                return;
            }
            if (DYNAMICALLY_QUANTIZED.contains(node.getOpType())) {
                batchDependent.add(node.getOpType());
            } else if (RANDOM.contains(node.getOpType())) {
                random.add(node.getOpType());
            }
            for (AttributeProto attribute : node.getAttributeList()) {
                if (attribute.getName().equals("training_mode") && attribute.getI() == 1) {
                    batchDependent.add(node.getOpType() + " in training mode");
                }
            }
            if (classLabels.isEmpty()) {
                ZipMaps.labels(node).forEach(classLabels::add);
            }
        }
    }
}
