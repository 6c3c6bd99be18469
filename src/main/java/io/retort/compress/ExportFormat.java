package io.retort.compress;

import io.retort.engine.onnx.write.OnnxModel;
import io.retort.network.Network;
import io.retort.network.int8.Quantization;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** How a network is written as an ONNX file: what is evaluated, timed and shipped. */
@FunctionalInterface
public interface ExportFormat {
    /** As it is trained. */
    ExportFormat FLOAT32 = OnnxModel::bytes;

    /**
     * The file's bytes.
     *
     * @param classNames by class index
     * @param provenance metadata properties
     */
    byte[] bytes(Network network, List<String> classNames, Map<String, String> provenance);

    /**
     * What {@link #bytes} should compute, as an ONNX file of plain float32 operators: what the file is proved against. Nothing where the network itself is
     * that.
     */
    default Optional<byte[]> simulation(Network network, List<String> classNames) {
        return Optional.empty();
    }

    /** How it runs in int8. */
    default Quantization quantization() {
        return Quantization.none();
    }

    /** Files that belong beside the saved network, by name. */
    default Map<String, byte[]> files(Network network) {
        return Map.of();
    }
}
