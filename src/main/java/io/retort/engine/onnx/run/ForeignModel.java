package io.retort.engine.onnx.run;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import io.retort.storage.ArtifactException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
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

    /** The model with further tensors among its outputs. */
    byte[] withOutputs(List<String> tensors) {
        ModelProto.Builder model = parsed(file).toBuilder();
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
}
