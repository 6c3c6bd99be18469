package io.retort.engine.onednn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.retort.engine.Batch;
import io.retort.engine.TrainableNetwork.Precision;
import io.retort.engine.TrainableNetwork.TrainingState;
import io.retort.network.Network;
import io.retort.network.Shape;
import io.retort.network.zoo.ConvNet;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.learning.config.Adam;

/** oneDNN in processes of their own: the same bytes, with fewer instructions, killed, and a thousand networks. */
class OneDnnProcessTest {
    private static final Network START =
            Network.initialised(new ConvNet.W1Student().build(Shape.image(1, 12, 12), 5), 1);

    private static final int STEPS = 8;
    private static final int STEPS_BEFORE_THE_END = 5;
    private static final int KILLED = 137;
    private static final int NETWORKS = 1_000;
    private static final int EVERY = 200;

    @TempDir
    private Path folder;

    @Test
    void twoProcessesTrainToTheSameBytesWithAvx2() throws Exception {
        Map<String, String> limit = Map.of("ONEDNN_MAX_CPU_ISA", "AVX2");
        Process first = start("first", limit, "train");
        Process second = start("second", limit, "train");
        List<String> lines = lines("first", first, 0);
        assertThat(lines("second", second, 0)).isEqualTo(lines);
        assertThat(lines.get(0)).matches("oneDNN 3\\.\\d+, AVX2");
        assertThat(Double.parseDouble(lines.get(1))).isCloseTo(train(STEPS).loss(), within(1e-4));
    }

    @Test
    void withoutTheInstructionsForBfloat16ItSaysSo() throws Exception {
        Process process = start("none", Map.of("ONEDNN_MAX_CPU_ISA", "AVX2"), "obstacle");
        assertThat(lines("none", process, 0))
                .containsExactly("oneDNN uses no bfloat16 instructions here, only AVX2", "refused");
    }

    @Test
    void aTrainingThatWasKilledGoesOnToTheSameBytes() throws Exception {
        Path state = folder.resolve("state");
        lines("killed", start("killed", Map.of(), "train-and-halt", state.toString()), KILLED);
        try (ObjectInputStream in = new ObjectInputStream(Files.newInputStream(state));
                OneDnnNetwork resumed = network()) {
            resumed.restore((TrainingState) in.readObject());
            for (int step = STEPS_BEFORE_THE_END; step < STEPS; step++) {
                resumed.step(batch(step));
            }
            assertThat(resumed.state())
                    .usingRecursiveComparison()
                    .isEqualTo(train(STEPS).state());
        }
    }

    @Test
    void aThousandClosedNetworksLeaveNothingBehind() throws Exception {
        List<Long> resident = lines("many", start("many", Map.of(), "build-many"), 0).stream()
                .map(Long::parseLong)
                .toList();
        assertThat(resident).hasSize(NETWORKS / EVERY);
        // in KiB; compiled code and classes grow by some 8 MiB, the parameters of 4 % of these networks would be more
        assertThat(resident.get(resident.size() - 1) - resident.get(0)).isLessThan(32 << 10);
    }

    /** Starts this class's main method. */
    private Process start(String name, Map<String, String> environment, String... arguments) throws IOException {
        List<String> line = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xms256m",
                "-Xmx256m",
                "-XX:+AlwaysPreTouch", // so that the heap's size does not move
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                OneDnnProcessTest.class.getName()));
        line.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(line);
        builder.environment().putAll(environment);
        return builder.redirectOutput(folder.resolve(name).toFile())
                .redirectError(folder.resolve(name + "-errors").toFile())
                .start();
    }

    /** What a process wrote until it ended, as it must. */
    private List<String> lines(String name, Process process, int exit) throws IOException, InterruptedException {
        assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
        String errors = Files.readString(folder.resolve(name + "-errors"));
        assertThat(process.exitValue()).as(errors).isEqualTo(exit);
        assertThat(errors).doesNotContain("do not match");
        return Files.readAllLines(folder.resolve(name));
    }

    private static OneDnnNetwork network() {
        return OneDnnNetwork.of(
                START, Precision.FLOAT32, new Adam(0.01), 0.001, EnginesAgreeTest.objective(), List.of());
    }

    /** Every second one is smaller. */
    private static Batch batch(int step) {
        return EnginesAgreeTest.batch(START.structure(), 6 + step % 2);
    }

    private record Trained(TrainingState state, double loss) {}

    private static Trained train(int steps) {
        try (OneDnnNetwork network = network()) {
            double loss = 0;
            for (int step = 0; step < steps; step++) {
                loss = network.step(batch(step));
            }
            return new Trained(network.state(), loss);
        }
    }

    public static void main(String[] arguments) throws IOException {
        switch (arguments[0]) {
            case "train" -> {
                Trained trained = train(STEPS); // before anything else that could prepare JavaCPP
                System.out.println(OneDnnNetwork.title());
                System.out.println(trained.loss());
                System.out.println(trained.state().fingerprint());
            }
            case "train-and-halt" -> {
                try (ObjectOutputStream out = new ObjectOutputStream(Files.newOutputStream(Path.of(arguments[1])))) {
                    out.writeObject(train(STEPS_BEFORE_THE_END).state());
                }
                Runtime.getRuntime().halt(KILLED);
            }
            case "obstacle" -> {
                System.out.println(OneDnnNetwork.obstacle(Precision.BFLOAT16).orElse("none"));
                try {
                    OneDnnNetwork.of(
                            START, Precision.BFLOAT16, new Adam(0.01), 0, EnginesAgreeTest.objective(), List.of());
                } catch (IllegalStateException e) {
                    System.out.println("refused");
                }
            }
            default -> {
                for (int i = 1; i <= NETWORKS; i++) {
                    train(1);
                    if (i % EVERY == 0) {
                        System.out.println(residentKibibytes());
                    }
                }
            }
        }
    }

    private static long residentKibibytes() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElseThrow();
    }
}
