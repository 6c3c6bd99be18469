package io.retort.export;

import com.google.protobuf.ByteString;
import com.google.protobuf.TextFormat;
import io.retort.engine.onnx.run.OnnxPredictor;
import io.retort.predict.ElementType;
import io.retort.predict.Predictor.TensorSpec;
import io.retort.storage.ArtifactException;
import io.retort.storage.Storage;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.hadoop.fs.Path;

/** Which files a server wants, and where. */
public enum ServingLayout {
    /** {@code student.onnx} and its companions, for any runtime. */
    PLAIN {
        @Override
        public String onnx(String name) {
            return "student.onnx";
        }

        @Override
        public String advice(String name, Path directory) {
            return "any ONNX Runtime opens " + new Path(directory, onnx(name));
        }
    },
    /** A model repository of NVIDIA's Triton Inference Server, with one model of one version. */
    TRITON {
        @Override
        public String onnx(String name) {
            return name + "/1/model.onnx";
        }

        @Override
        public String advice(String name, Path directory) {
            return "serve it with: tritonserver --model-repository=" + directory;
        }

        @Override
        Map<String, byte[]> files(String name, ServedStudent student, Path directory) {
            Map<String, byte[]> files = super.files(name, student, directory);
            files.put(name + "/config.pbtxt", utf8(student.asked(model -> TritonConfig.text(name, model))));
            return files;
        }
    },
    /** An InferenceService of KServe, which has ONNX models served by Triton, and the repository that it reads. */
    KSERVE {
        private static final String REPOSITORY = "models";

        @Override
        public String onnx(String name) {
            return REPOSITORY + "/" + TRITON.onnx(name);
        }

        @Override
        public String advice(String name, Path directory) {
            return "copy " + new Path(directory, REPOSITORY) + " to the storageUri of inference-service.yaml,"
                    + " and then: kubectl apply -f inference-service.yaml";
        }

        @Override
        Map<String, byte[]> files(String name, ServedStudent student, Path directory) {
            Map<String, byte[]> files = new LinkedHashMap<>();
            TRITON.files(name, student, directory).forEach((file, bytes) -> files.put(REPOSITORY + "/" + file, bytes));
            files.put("inference-service.yaml", utf8(service(name, new Path(directory, REPOSITORY))));
            return files;
        }

        private static String service(String name, Path repository) {
            return String.join(
                    "\n",
                    "apiVersion: serving.kserve.io/v1beta1",
                    "kind: InferenceService",
                    "metadata:",
                    "  name: " + label(name),
                    "spec:",
                    "  predictor:",
                    "    model:",
                    "      modelFormat:",
                    "        name: onnx",
                    "      protocolVersion: v2 # requests go to /v2/models/" + name + "/infer",
                    "      storageUri: " + storageUri(repository),
                    "");
        }

        /** A name of Kubernetes: small letters, digits and hyphens, at most 63. */
        private static String label(String name) {
            String lower = name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-");
            String cut = lower.substring(0, Math.min(63, lower.length()));
            return (cut.matches("[a-z].*") ? cut : "m-" + cut).replaceFirst("-+$", "");
        }

        private static String storageUri(Path repository) {
            String scheme = String.valueOf(repository.toUri().getScheme());
            return switch (scheme) {
                case "s3a" -> repository.toString().replaceFirst("^s3a", "s3");
                case "s3", "gs", "hdfs" -> repository.toString();
                default -> "s3://BUCKET/" + REPOSITORY + " # the place to which " + REPOSITORY + "/ is copied";
            };
        }
    };

    /** The ONNX file below the directory. */
    public abstract String onnx(String name);

    /** How it is served, in half a sentence. */
    public abstract String advice(String name, Path directory);

    /** All files by their path below the directory. */
    Map<String, byte[]> files(String name, ServedStudent student, Path directory) {
        return student.files(onnx(name).replaceFirst("\\.onnx$", ""));
    }

    /**
     * Writes the files: the directory is there whole or not at all.
     *
     * @throws ArtifactException where it is there already, and not empty
     */
    public void write(Storage storage, String name, ServedStudent student, Path directory) {
        if (storage.exists(directory)) {
            if (storage.status(directory).isFile() || !storage.list(directory).isEmpty()) {
                throw new ArtifactException(directory + " is there already, and nothing is overwritten;"
                        + " name a directory that is new or empty");
            }
            storage.delete(directory); // some file systems would put the new one into it
        }
        Path temporary = Storage.temporaryBeside(directory);
        try {
            files(name, student, directory).forEach((file, bytes) -> storage.replace(new Path(temporary, file), bytes));
            storage.publish(temporary, directory);
        } catch (RuntimeException e) {
            storage.delete(temporary);
            throw e;
        }
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /**
     * The {@code config.pbtxt} of NVIDIA's Triton Inference Server for an ONNX file: a {@code ModelConfig} in
     * protobuf's text format.
     *
     * <p>Where the file's batch is open, Triton joins requests up to {@value #MAX_BATCH} rows, and sizes are those of a
     * row; a row's answer does not depend on the others. Where it is fixed, {@code max_batch_size} is 0 and sizes are
     * those of all.
     */
    static final class TritonConfig {
        private static final int MAX_BATCH = 128;

        private TritonConfig() {}

        static String text(String name, OnnxPredictor model) {
            boolean isOpen =
                    model.inputs().stream().allMatch(input -> input.fixedBatch().isEmpty());
            return String.join(
                    "\n",
                    "name: " + quoted(name),
                    "platform: \"onnxruntime_onnx\"",
                    "max_batch_size: " + (isOpen ? MAX_BATCH : 0),
                    tensors("input", model.inputs(), isOpen),
                    tensors("output", model.outputs(), isOpen),
                    isOpen ? "dynamic_batching { }" : "# the file's batch is fixed",
                    "parameters { key: \"intra_op_thread_count\" value: { string_value: \"1\" } }",
                    "");
        }

        private static String tensors(String field, List<TensorSpec> specs, boolean isOpen) {
            return specs.stream()
                    .map(spec -> field + " {\n  name: " + quoted(spec.name()) + "\n  data_type: " + type(spec.type())
                            + "\n  " + dims(isOpen ? spec.rowSizes() : spec.sizes()) + "\n}")
                    .collect(Collectors.joining("\n"));
        }

        /** Triton knows no tensor without a size, so one value for each row is an array of one. */
        private static String dims(List<Integer> sizes) {
            return sizes.isEmpty() ? "dims: [ 1 ]\n  reshape: { shape: [ ] }" : "dims: " + sizes;
        }

        private static String quoted(String text) {
            return '"' + TextFormat.escapeBytes(ByteString.copyFromUtf8(text)) + '"';
        }

        private static String type(ElementType type) {
            return switch (type) {
                case FLOAT32 -> "TYPE_FP32";
                case FLOAT16 -> "TYPE_FP16";
                case FLOAT64 -> "TYPE_FP64";
                case UINT8, INT8, INT32, INT64, STRING -> "TYPE_" + type.name();
            };
        }
    }
}
