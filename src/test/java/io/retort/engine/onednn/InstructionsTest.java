package io.retort.engine.onednn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.retort.network.Network;
import io.retort.network.Shape;
import io.retort.network.zoo.ConvNet;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.learning.config.Sgd;

/** oneDNN on a processor that has no more than AVX2. */
class InstructionsTest {
    @TempDir
    private Path folder;

    @Test
    void trainsWithAvx2() throws Exception {
        Path output = folder.resolve("output");
        ProcessBuilder builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-cp",
                System.getProperty("java.class.path"),
                InstructionsTest.class.getName());
        builder.environment().put("ONEDNN_MAX_CPU_ISA", "AVX2");
        Process process = builder.redirectOutput(output.toFile())
                .redirectError(folder.resolve("errors").toFile())
                .start();
        assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
        assertThat(process.exitValue())
                .as(Files.readString(folder.resolve("errors")))
                .isZero();
        List<String> lines = Files.readAllLines(output);
        assertThat(Files.readString(folder.resolve("errors"))).doesNotContain("do not match");
        assertThat(lines.get(0)).isEqualTo("avx2");
        assertThat(Double.parseDouble(lines.get(1))).isCloseTo(lossAfterTwoSteps(), within(1e-4));
    }

    private static double lossAfterTwoSteps() {
        Network network = Network.initialised(new ConvNet.W1Student().build(Shape.image(1, 12, 12), 5), 1);
        try (OneDnnNetwork trained =
                OneDnnNetwork.of(network, new Sgd(0.1), 0, EnginesAgreeTest.objective(), List.of())) {
            trained.step(EnginesAgreeTest.batch(network.structure(), 6));
            return trained.step(EnginesAgreeTest.batch(network.structure(), 6));
        }
    }

    public static void main(String[] arguments) {
        double loss = lossAfterTwoSteps(); // before anything else that could prepare JavaCPP
        System.out.println(OneDnnNetwork.instructions());
        System.out.println(loss);
    }
}
