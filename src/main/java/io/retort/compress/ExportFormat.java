package io.retort.compress;

import io.retort.engine.onnx.write.CalibratedLogits;
import io.retort.engine.onnx.write.OnnxModel;
import io.retort.network.LogitCalibration;
import io.retort.network.Network;
import io.retort.network.int8.Quantization;
import io.retort.storage.Json;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The form of a network as an ONNX file, which is evaluated, timed and shipped. */
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
     * The reference of {@link #bytes}, as an ONNX file of plain float32 operators, to which the file is compared. Empty
     * where the network itself is the reference.
     */
    default Optional<byte[]> simulation(Network network, List<String> classNames) {
        return Optional.empty();
    }

    /** The int8 codes of the network. */
    default Quantization quantization() {
        return Quantization.none();
    }

    /** What is done to the network's logits, behind it. */
    default Optional<LogitCalibration> calibration() {
        return Optional.empty();
    }

    /** Files that belong beside the saved network, by name. */
    default Map<String, byte[]> files(Network network) {
        return Map.of();
    }

    /** A network in another form, with calibrated logits: the graph of the ONNX file ends in the calibration. */
    record CalibratedFormat(ExportFormat raw, LogitCalibration logits) implements ExportFormat {
        /** The file beside the saved network, whose own logits are not calibrated. */
        static final String FILE = "calibration.json";

        @Override
        public byte[] bytes(Network network, List<String> classNames, Map<String, String> provenance) {
            return CalibratedLogits.behind(raw.bytes(network, classNames, provenance), logits);
        }

        @Override
        public Optional<byte[]> simulation(Network network, List<String> classNames) {
            return raw.simulation(network, classNames).map(model -> CalibratedLogits.behind(model, logits));
        }

        @Override
        public Quantization quantization() {
            return raw.quantization();
        }

        @Override
        public Optional<LogitCalibration> calibration() {
            return Optional.of(logits);
        }

        @Override
        public Map<String, byte[]> files(Network network) {
            Map<String, byte[]> files = new TreeMap<>(raw.files(network));
            files.put(FILE, Json.file(logits));
            return files;
        }
    }
}
