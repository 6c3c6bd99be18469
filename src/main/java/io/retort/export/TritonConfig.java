package io.retort.export;

import com.google.protobuf.ByteString;
import com.google.protobuf.TextFormat;
import io.retort.engine.onnx.run.OnnxPredictor;
import io.retort.predict.ElementType;
import io.retort.predict.TensorSpec;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The {@code config.pbtxt} of NVIDIA's Triton Inference Server for an ONNX file: a {@code ModelConfig} in protobuf's text
 * format.
 *
 * <p>Where the file's batch is open, Triton joins requests up to {@value #MAX_BATCH} rows, and sizes are those of a row;
 * a row's answer does not depend on the others. Where it is fixed, {@code max_batch_size} is 0 and sizes are those of all.
 */
final class TritonConfig {
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
