package io.retort.export;

import static org.assertj.core.api.Assertions.assertThat;

import io.retort.engine.onnx.run.OnnxPredictor;
import io.retort.export.ServingLayout.TritonConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class TritonConfigTest {
    private static String config(String name, String file) throws IOException {
        byte[] onnx = Files.readAllBytes(Path.of("src/test/resources/teachers").resolve(file));
        try (OnnxPredictor model = OnnxPredictor.open(onnx, 1)) {
            return TritonConfig.text(name, model);
        }
    }

    @Test
    void aFixedBatchIsPartOfTheSizes() throws IOException {
        assertThat(config("four \"pixels\"", "batch-of-4.onnx")).isEqualTo("""
                name: "four \\"pixels\\""
                platform: "onnxruntime_onnx"
                max_batch_size: 0
                input {
                  name: "pixels"
                  data_type: TYPE_FP32
                  dims: [4, 1, 28, 28]
                }
                output {
                  name: "linear"
                  data_type: TYPE_FP32
                  dims: [4, 10]
                }
                # the file's batch is fixed
                parameters { key: "intra_op_thread_count" value: { string_value: "1" } }
                """);
    }

    @Test
    void typesAndOpenSizesHaveTritonsNames() throws IOException {
        assertThat(config("bert", "texts/bert.onnx")).contains("data_type: TYPE_INT64\n  dims: [-1]", "dims: [-1, 32]");
        assertThat(config("half", "float16.onnx")).contains("data_type: TYPE_FP16\n  dims: [1, 28, 28]");
        assertThat(config("bytes", "uint8-nhwc-probabilities.onnx")).contains("TYPE_UINT8\n  dims: [28, 28, 1]");
    }
}
