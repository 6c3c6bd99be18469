package io.retort.export;

import io.retort.data.ClassNames;
import io.retort.engine.onnx.write.CalibratedLogits;
import io.retort.engine.onnx.write.OnnxModel;
import io.retort.engine.onnx.write.OnnxModel.VectorOutput;
import io.retort.engine.onnx.write.RawColumns;
import io.retort.network.LogitCalibration;
import io.retort.network.Network;
import io.retort.network.NetworkFiles;
import io.retort.network.ShapeException;
import io.retort.network.Signature;
import io.retort.network.compact.CompactFile;
import io.retort.network.compact.CompactFile.FloatFormat;
import io.retort.network.int8.Quantization;
import io.retort.storage.ArtifactException;
import io.retort.storage.Json;
import io.retort.storage.Storage;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.fs.Path;

/**
 * A {@linkplain CompactFile compact file} as the ONNX file that gives the same answers.
 *
 * <p>Such a file holds the network alone. Names, encodings of tables and calibration come from the saved network's
 * directory beside it, {@code student-small-seed1/} of {@code student-small-seed1-float16-huffman.compact}, of which
 * {@code structure.json} and {@code calibration.json} are read; provenance and task come from the ONNX file of that name.
 */
final class CompactStudent {
    private final Storage storage;
    private final Path file;
    private final Path student;

    /** @param student the path of its other files, without their endings */
    private CompactStudent(Storage storage, Path file, Path student) {
        this.storage = storage;
        this.file = file;
        this.student = student;
    }

    static CompactStudent of(Storage storage, Path file) {
        String form = "(-float(16|32)-[a-z]+)?\\" + CompactFile.SUFFIX + "$";
        return new CompactStudent(
                storage, file, new Path(file.getParent(), file.getName().replaceFirst(form, "")));
    }

    /** The name that the student's other files begin with. */
    String stem() {
        return student.getName();
    }

    /** Whether the names of classes and columns are known. */
    boolean isNamed() {
        return NetworkFiles.exists(storage, student);
    }

    byte[] onnx() {
        CompactFile.Contents read =
                CompactFile.read(storage.read(file), CompactFile.DEFAULT_MAX_BYTES, file.toString());
        Signature signature = isNamed() ? NetworkFiles.signature(storage, student) : Signature.none();
        Network network = named(read.network(), signature);
        Optional<byte[]> other = whole();
        Map<String, String> provenance = other.map(OnnxModel::provenance).orElseGet(() -> Map.of("producer", "retort"));
        List<String> classes = ClassNames.of(Optional.of(network.structure().classes()), signature.classes());
        byte[] onnx = calibrated(onnx(network, read.quantization(), classes, provenance));
        boolean isVector =
                other.map(bytes -> OnnxModel.classNames(bytes).isEmpty()).orElse(false);
        byte[] named = isVector ? VectorOutput.of(onnx) : onnx;
        return signature.table().map(table -> RawColumns.before(named, table)).orElse(named);
    }

    private Network named(Network network, Signature signature) {
        try {
            return new Network(network.structure().withSignature(signature), network.parameters());
        } catch (ShapeException e) {
            throw new ArtifactException(student + " is another network than " + file + ": " + e.getMessage(), e);
        }
    }

    private static byte[] onnx(
            Network network, Quantization quantization, List<String> classes, Map<String, String> provenance) {
        if (!quantization.equals(Quantization.none())) {
            return OnnxModel.quantized(network, quantization, classes, provenance);
        }
        boolean isOfHalves = network.parameters().values().stream()
                .allMatch(tensor -> FloatFormat.FLOAT16.roundTrip(tensor).equals(tensor));
        return isOfHalves
                ? OnnxModel.halves(network, classes, provenance)
                : OnnxModel.bytes(network, classes, provenance);
    }

    private byte[] calibrated(byte[] onnx) {
        Path calibration = new Path(student, "calibration.json");
        return storage.exists(calibration)
                ? CalibratedLogits.behind(
                        onnx, Json.parse(storage.read(calibration), calibration, LogitCalibration.class))
                : onnx;
    }

    private Optional<byte[]> whole() {
        Path onnx = student.suffix(".onnx");
        return storage.exists(onnx) ? Optional.of(storage.read(onnx)) : Optional.empty();
    }
}
