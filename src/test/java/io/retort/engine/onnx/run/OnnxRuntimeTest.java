package io.retort.engine.onnx.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.retort.engine.onnx.write.OnnxModel;
import io.retort.network.Network;
import io.retort.network.Shape;
import io.retort.network.zoo.ConvNet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * In processes of their own: the library is loaded once in a JVM, and ends it where it gathers telemetry beside a
 * command line as long as these.
 */
class OnnxRuntimeTest {
    @TempDir
    private Path home;

    @ParameterizedTest
    @ValueSource(strings = {"", "0", "1"})
    void opensAModelWithoutTelemetryWhateverTheEnvironment(String variable) throws Exception {
        Process process = start("-Xmx256m", variable);
        assertThat(process.exitValue()).as(output()).isZero();
        assertThat(output()).contains("opened a model of 2 classes");
    }

    @Test
    void isNotLoadedWhereTelemetryCannotBeSwitchedOff() throws Exception {
        Process process = start("-Dorg.bytedeco.javacpp.platform=none", "");
        assertThat(process.exitValue()).isOne();
        assertThat(output())
                .contains(
                        "java.lang.IllegalStateException: ONNX Runtime is not loaded, since it would gather telemetry"
                                + " and may end the JVM: set ORT_DISABLE_TELEMETRY=1 in the environment of driver and executors");
    }

    @AfterEach
    void nothingIsGathered() {
        assertThat(home.resolve(".cache/Microsoft")).doesNotExist();
    }

    private Process start(String option, String variable) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Dfiller=" + "x".repeat(20_000),
                option,
                "-cp",
                System.getProperty("java.class.path"),
                OnnxRuntimeTest.class.getName());
        builder.environment().put("HOME", home.toString());
        builder.environment().put(OnnxRuntime.TELEMETRY_VARIABLE, variable);
        if (variable.isEmpty()) {
            builder.environment().remove(OnnxRuntime.TELEMETRY_VARIABLE);
        }
        builder.redirectErrorStream(true).redirectOutput(home.resolve("output").toFile());
        Process process = builder.start();
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        return process;
    }

    private String output() throws IOException {
        return Files.readString(home.resolve("output"));
    }

    public static void main(String[] arguments) {
        Network network = Network.initialised(new ConvNet(List.of("cbr8")).build(Shape.image(1, 4, 4), 2), 1);
        try (OnnxSession session = OnnxSession.open(OnnxModel.bytes(network, List.of("a", "b"), Map.of()), 1)) {
            System.out.println("opened a model of " + session.classes() + " classes");
        }
    }
}
