package io.retort.spark;

import static org.assertj.core.api.Assertions.assertThat;

import io.retort.spark.Doctor.Finding;
import io.retort.spark.Doctor.Finding.Level;
import io.retort.spark.ProcessChecks.Replicas;
import io.retort.spark.ProcessFacts.Attempt;
import io.retort.spark.ProcessFacts.NativesPlace;
import io.retort.spark.ProcessFacts.Nd4jLibrary;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcessChecksTest {
    private static final long GIB = 1L << 30;
    private static final Build BUILD =
            new Build("1", "3.5.9", "2.12.18", List.of("--add-opens=java.base/java.nio=ALL-UNNAMED"));
    private static final Nd4jLibrary FAST = new Nd4jLibrary(
            new Attempt(true, "loaded"), "-onednn-avx512", List.of("avx2", "avx512f"), true, List.of("yes"), 1);
    private static final Memory ROOMY = new Memory(16 * GIB, 4 * GIB, 8 * GIB, 14 * GIB);

    private record Memory(long machine, long heap, long offHeap, long physical) {}

    private static ProcessFacts facts(
            int java, String scala, List<String> closed, Memory memory, Map<String, String> malloc, Nd4jLibrary nd4j) {
        return new ProcessFacts(
                "driver",
                java,
                scala,
                closed,
                2,
                memory.machine(),
                memory.heap(),
                memory.offHeap(),
                memory.physical(),
                malloc,
                nd4j,
                new Attempt(true, "1.22.0"),
                List.of(new NativesPlace("ND4J", "/root/.javacpp/cache", "")));
    }

    private static ProcessFacts good() {
        return facts(17, "2.12.18", List.of(), ROOMY, NativeSettings.MALLOC, FAST);
    }

    private static ProcessFacts with(Memory memory) {
        return facts(17, "2.12.18", List.of(), memory, NativeSettings.MALLOC, FAST);
    }

    private static ProcessFacts with(Nd4jLibrary nd4j) {
        return facts(17, "2.12.18", List.of(), ROOMY, NativeSettings.MALLOC, nd4j);
    }

    private static List<Finding> notOk(ProcessFacts facts, Replicas replicas) {
        return new ProcessChecks(facts, replicas, BUILD)
                .findings().stream()
                        .filter(finding -> finding.level() != Level.OK)
                        .toList();
    }

    private static List<Finding> notOk(ProcessFacts facts) {
        return notOk(facts, new Replicas(2, 1, 2));
    }

    @Test
    void aGoodProcessHasNothingToMend() {
        assertThat(notOk(good())).isEmpty();
        assertThat(new ProcessChecks(good(), new Replicas(2, 1, 2), BUILD).findings())
                .extracting(Finding::check)
                .containsExactly(
                        "driver: Java",
                        "driver: opens",
                        "driver: Scala",
                        "driver: ND4J library",
                        "driver: oneDNN",
                        "driver: threads",
                        "driver: memory",
                        "driver: malloc",
                        "driver: ONNX Runtime",
                        "driver: natives");
    }

    @Test
    void aPlaceThatTakesNoLibrariesIsWrongWhereOneCouldNotBeLoaded(@TempDir Path directory) {
        NativesPlace here = NativesPlace.of("ND4J", directory);
        assertThat(here).isEqualTo(new NativesPlace("ND4J", directory.toString(), ""));
        assertThat(directory).isEmptyDirectory();
        NativesPlace there = NativesPlace.of("ONNX Runtime", directory.resolve("gone"));
        assertThat(there.describe()).isEqualTo("ONNX Runtime in " + directory + "/gone, but it cannot be written");
        assertThat(notOk(with(new Attempt(true, "1.22.0"), here, there)))
                .as("it was unpacked before")
                .isEmpty();
        assertThat(notOk(with(new Attempt(false, "no space"), here, here)))
                .extracting(Finding::check)
                .containsExactly("driver: ONNX Runtime");
        assertThat(notOk(with(new Attempt(false, "no space"), here, there)))
                .extracting(Finding::toString)
                .element(1)
                .asString()
                .contains(
                        "driver: natives",
                        "ND4J in " + directory + "; ONNX Runtime in " + directory + "/gone, but it cannot be written",
                        "-Djava.io.tmpdir=…");
    }

    private static ProcessFacts with(Attempt onnxRuntime, NativesPlace... unpacked) {
        ProcessFacts good = good();
        return new ProcessFacts(
                good.process(),
                good.javaFeature(),
                good.scalaVersion(),
                good.closedPackages(),
                good.cores(),
                good.memoryBytes(),
                good.heapBytes(),
                good.offHeapBytes(),
                good.physicalBytes(),
                good.malloc(),
                good.nd4j(),
                onnxRuntime,
                List.of(unpacked));
    }

    @Test
    void closedPackagesAreWrong() {
        ProcessFacts closed = facts(17, "2.12.18", List.of("java.nio"), ROOMY, NativeSettings.MALLOC, FAST);
        assertThat(notOk(closed))
                .containsExactly(
                        Finding.wrong(
                                "driver: opens",
                                "closed: java.nio",
                                "start through submit-scripts/retort, or add to the JVM's options: --add-opens=java.base/java.nio=ALL-UNNAMED"));
    }

    @Test
    void anotherPatchOfScalaIsARiskAndAnotherScalaIsWrong() {
        assertThat(notOk(facts(17, "2.12.14", List.of(), ROOMY, NativeSettings.MALLOC, FAST)))
                .extracting(Finding::level)
                .containsExactly(Level.SLOW);
        assertThat(notOk(facts(17, "2.13.18", List.of(), ROOMY, NativeSettings.MALLOC, FAST)))
                .isEmpty();
        assertThat(notOk(facts(17, "2.11.12", List.of(), ROOMY, NativeSettings.MALLOC, FAST)))
                .containsExactly(Finding.wrong(
                        "driver: Scala",
                        "Scala 2.11.12",
                        "built for Scala 2.12.18; use a Spark distribution for Scala 2.12 or 2.13"));
    }

    @Test
    void anotherJavaIsUntested() {
        assertThat(notOk(facts(21, "2.12.18", List.of(), ROOMY, NativeSettings.MALLOC, FAST)))
                .containsExactly(Finding.slow(
                        "driver: Java", "Java 21", "Spark 3.5 is tested on Java 17; set JAVA_HOME to a JDK 17"));
        assertThat(notOk(facts(21, "2.13.18", List.of(), ROOMY, NativeSettings.MALLOC, FAST)))
                .isEmpty();
        assertThat(notOk(facts(22, "2.13.18", List.of(), ROOMY, NativeSettings.MALLOC, FAST)))
                .containsExactly(Finding.slow(
                        "driver: Java",
                        "Java 22",
                        "Spark 4 is tested on Java 17, 21 and 25; set JAVA_HOME to a JDK 17"));
    }

    @Test
    void memoryThatDoesNotFitTheMachineIsARisk() {
        assertThat(notOk(with(new Memory(16 * GIB, 9 * GIB, 8 * GIB, 14 * GIB))))
                .containsExactly(Finding.slow(
                        "driver: memory",
                        "heap 9.0 GiB, off-heap limit 8.0 GiB, process limit 14.0 GiB of 16.0 GiB",
                        "heap and off-heap together exceed the memory, and the kernel may kill the process: lower -Xmx or"
                                + " -Dorg.bytedeco.javacpp.maxbytes"));
        assertThat(notOk(with(new Memory(16 * GIB, 4 * GIB, 8 * GIB, 17 * GIB))))
                .extracting(Finding::advice)
                .containsExactly("the process limit exceeds the memory, so it protects nothing: lower"
                        + " -Dorg.bytedeco.javacpp.maxphysicalbytes");
        assertThat(notOk(with(new Memory(16 * GIB, 4 * GIB, 0, 0)))).hasSize(1);
        assertThat(notOk(with(new Memory(16 * GIB, 4 * GIB, GIB / 4, 14 * GIB))))
                .hasSize(1);
    }

    @Test
    void slowLibrariesAreNamedWithTheirRemedy() {
        Nd4jLibrary portable = new Nd4jLibrary(
                new Attempt(true, "loaded"), "", List.of("avx2"), false, List.of("DL4J's helper off"), 1);
        assertThat(notOk(with(portable)))
                .containsExactly(
                        Finding.slow(
                                "driver: ND4J library",
                                "portable on a CPU with avx2",
                                "do not set -Dorg.bytedeco.javacpp.platform.extension"),
                        Finding.slow(
                                "driver: oneDNN",
                                "not in use: DL4J's helper off",
                                "training takes 4 to 7 times as long: start through submit-scripts/retort, or with"
                                        + " -Dorg.eclipse.deeplearning4j.helpers.disable=false"));
    }

    @Test
    void aLibraryThatDoesNotLoadIsWrong() {
        Nd4jLibrary broken = new Nd4jLibrary(new Attempt(false, "no such symbol"), "", List.of(), false, List.of(), 0);
        assertThat(notOk(with(broken))).extracting(Finding::level).containsExactly(Level.WRONG);
    }

    @Test
    void threadsAreHeldAgainstCores() {
        assertThat(notOk(good(), new Replicas(3, 1, 3)))
                .containsExactly(Finding.slow(
                        "driver: threads",
                        "3 replicas of 1 threads on 2 cores",
                        "more threads than cores: lower --master local[N] or --executor-cores"));
        assertThat(notOk(good(), new Replicas(1, 1, 1)))
                .extracting(Finding::advice)
                .containsExactly("cores stand idle: raise N in --master local[N]");
        assertThat(notOk(good(), new Replicas(1, 2, 1)))
                .extracting(Finding::advice)
                .containsExactly("Spark sets 2 cores aside for each: set OMP_NUM_THREADS=2 in the environment");
        assertThat(notOk(good(), new Replicas(1, 1, 0))).isEmpty();
    }

    @Test
    void mallocsDefaultIsSlow() {
        assertThat(notOk(facts(17, "2.12.18", List.of(), ROOMY, Map.of(), FAST)))
                .extracting(Finding::advice)
                .containsExactly(
                        "start through submit-scripts/retort, or set in the environment:"
                                + " MALLOC_MMAP_THRESHOLD_=4294967296 MALLOC_TOP_PAD_=268435456 MALLOC_TRIM_THRESHOLD_=8589934592");
    }
}
