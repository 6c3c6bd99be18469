package io.retort.spark;

import io.retort.spark.Doctor.Finding;
import io.retort.spark.ProcessFacts.Attempt;
import io.retort.spark.ProcessFacts.NativesPlace;
import io.retort.spark.ProcessFacts.Nd4jLibrary;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Checks of one JVM in which Retort runs. */
final class ProcessChecks {
    private static final int JAVA = 17;
    private static final List<Integer> TESTED_WITH_SPARK_4 = List.of(17, 21, 25);
    /** Less than this, and ND4J cannot hold a mid-sized network with its gradients and a batch's activations. */
    private static final long MIN_OFF_HEAP_BYTES = 512L << 20;

    private final ProcessFacts facts;
    private final Replicas replicas;
    private final Build build;

    /**
     * The replicas that train in one process.
     *
     * @param inProcess how many at once; 0 in a driver that only directs
     * @param coresEach what Spark sets aside for each
     * @param inAll how many share the machine, or 0 where that is unknown
     */
    record Replicas(int inProcess, int coresEach, int inAll) {}

    ProcessChecks(ProcessFacts facts, Replicas replicas, Build build) {
        this.facts = facts;
        this.replicas = replicas;
        this.build = build;
    }

    List<Finding> findings() {
        List<Finding> findings = new ArrayList<>();
        findings.add(java());
        findings.add(opens());
        findings.add(scala());
        findings.add(library());
        if (facts.nd4j().loading().succeeded()) {
            findings.add(oneDnn());
            if (replicas.inProcess() > 0) {
                findings.add(threads());
            }
        }
        findings.add(memory());
        findings.add(malloc());
        findings.add(onnxRuntime());
        findings.add(natives());
        return findings;
    }

    private String named(String check) {
        return facts.process() + ": " + check;
    }

    private Finding java() {
        String found = "Java " + facts.javaFeature();
        if (facts.javaFeature() == JAVA) {
            return Finding.ok(named("Java"), found);
        }
        if (isScala213() && TESTED_WITH_SPARK_4.contains(facts.javaFeature())) {
            return Finding.ok(named("Java"), found);
        }
        String tested = isScala213() ? "Spark 4 is tested on Java 17, 21 and 25" : "Spark 3.5 is tested on Java 17";
        return Finding.slow(named("Java"), found, tested + "; set JAVA_HOME to a JDK 17");
    }

    private Finding opens() {
        if (facts.closedPackages().isEmpty()) {
            return Finding.ok(named("opens"), "java.base is open where Spark needs it");
        }
        return Finding.wrong(
                named("opens"),
                "closed: " + String.join(", ", facts.closedPackages()),
                "start through submit-scripts/retort, or add to the JVM's options: "
                        + String.join(" ", build.jvmOptions()));
    }

    private Finding scala() {
        String found = "Scala " + facts.scalaVersion();
        if (facts.scalaVersion().equals(build.scalaVersion())) {
            return Finding.ok(named("Scala"), found);
        }
        if (isScala213()) {
            return Finding.ok(named("Scala"), found + " (built for " + build.scalaVersion() + ")");
        }
        String advice = "built for Scala " + build.scalaVersion() + "; ";
        if (binary(facts.scalaVersion()).equals(binary(build.scalaVersion()))) {
            return Finding.slow(
                    named("Scala"),
                    found,
                    advice
                            + "if tasks fail to be deserialised, use a Spark with that version or build with -Dscala.version="
                            + facts.scalaVersion());
        }
        return Finding.wrong(named("Scala"), found, advice + "use a Spark distribution for Scala 2.12 or 2.13");
    }

    /** Spark 4 has no other, and 3.5 rarely has it. */
    private boolean isScala213() {
        return binary(facts.scalaVersion()).equals("2.13");
    }

    static String binary(String version) {
        String[] parts = version.split("\\.", -1);
        return parts.length < 2 ? version : parts[0] + "." + parts[1];
    }

    private Finding library() {
        Nd4jLibrary nd4j = facts.nd4j();
        String check = named("ND4J library");
        if (!nd4j.loading().succeeded()) {
            return Finding.wrong(
                    check,
                    nd4j.loading().outcome(),
                    "it is built for Linux on x86-64 with glibc, and needs a home directory or -Dorg.bytedeco.javacpp.cachedir"
                            + " that can hold its 400 MB");
        }
        String found =
                (nd4j.extension().isEmpty() ? "portable" : nd4j.extension().substring(1)) + " on a CPU with "
                        + String.join(" ", nd4j.cpuFlags());
        if (nd4j.extension().isEmpty()) {
            String advice = nd4j.cpuFlags().contains("avx2")
                    ? "do not set -Dorg.bytedeco.javacpp.platform.extension"
                    : "training needs a CPU with AVX2 to be fast";
            return Finding.slow(check, found, advice);
        }
        return Finding.ok(check, found);
    }

    private Finding oneDnn() {
        Nd4jLibrary nd4j = facts.nd4j();
        String found = (nd4j.oneDnnInUse() ? "in use: " : "not in use: ") + String.join("; ", nd4j.evidence());
        return nd4j.oneDnnInUse()
                ? Finding.ok(named("oneDNN"), found)
                : Finding.slow(
                        named("oneDNN"),
                        found,
                        "training takes 4 to 7 times as long: start through submit-scripts/retort, or with"
                                + " -Dorg.eclipse.deeplearning4j.helpers.disable=false");
    }

    private Finding threads() {
        int threads = facts.nd4j().threads();
        String check = named("threads");
        String found = "%d replicas of %d threads on %d cores".formatted(replicas.inProcess(), threads, facts.cores());
        if (threads != replicas.coresEach()) {
            return Finding.slow(
                    check,
                    found,
                    "Spark sets %d cores aside for each: set %s=%d in the environment"
                            .formatted(replicas.coresEach(), NativeSettings.OMP_THREADS, replicas.coresEach()));
        }
        if (replicas.inProcess() * threads > facts.cores()) {
            return Finding.slow(check, found, "more threads than cores: lower --master local[N] or --executor-cores");
        }
        if (replicas.inAll() > 0 && replicas.inAll() * threads < facts.cores()) {
            return Finding.slow(check, found, "cores stand idle: raise N in --master local[N]");
        }
        return Finding.ok(check, found);
    }

    private Finding memory() {
        String check = named("memory");
        String found = "heap %s, off-heap limit %s, process limit %s of %s"
                .formatted(
                        size(facts.heapBytes()),
                        size(facts.offHeapBytes()),
                        size(facts.physicalBytes()),
                        size(facts.memoryBytes()));
        if (facts.offHeapBytes() == 0 || facts.physicalBytes() == 0) {
            return Finding.slow(
                    check,
                    found,
                    "limit it, or the kernel may kill the process: -D" + NativeSettings.MAX_BYTES + "=… -D"
                            + NativeSettings.MAX_PHYSICAL_BYTES + "=…");
        }
        if (facts.heapBytes() + facts.offHeapBytes() > facts.memoryBytes()) {
            return Finding.slow(
                    check,
                    found,
                    "heap and off-heap together exceed the memory, and the kernel may kill the process: lower -Xmx or -D"
                            + NativeSettings.MAX_BYTES);
        }
        if (facts.physicalBytes() > facts.memoryBytes()) {
            return Finding.slow(
                    check,
                    found,
                    "the process limit exceeds the memory, so it protects nothing: lower -D"
                            + NativeSettings.MAX_PHYSICAL_BYTES);
        }
        if (facts.offHeapBytes() < MIN_OFF_HEAP_BYTES) {
            return Finding.slow(
                    check,
                    found,
                    "large networks or batches will not fit: raise -D" + NativeSettings.MAX_BYTES
                            + " (and spark.executor.memoryOverhead)");
        }
        return Finding.ok(check, found);
    }

    private Finding malloc() {
        if (facts.malloc().keySet().containsAll(NativeSettings.MALLOC.keySet())) {
            return Finding.ok(named("malloc"), "keeps freed memory");
        }
        List<String> exports = NativeSettings.MALLOC.entrySet().stream()
                .map(entry -> entry.getKey() + "=" + entry.getValue())
                .toList();
        return Finding.slow(
                named("malloc"),
                "gives freed memory back to the kernel",
                "start through submit-scripts/retort, or set in the environment: " + String.join(" ", exports));
    }

    private Finding onnxRuntime() {
        Attempt attempt = facts.onnxRuntime();
        return attempt.succeeded()
                ? Finding.ok(named("ONNX Runtime"), attempt.outcome())
                : Finding.wrong(
                        named("ONNX Runtime"),
                        attempt.outcome(),
                        "its library is built for Linux on x86-64 with glibc 2.28 or later; use such machines");
    }

    /** An obstacle matters where a library could not be loaded; one that was there already needs no room. */
    private Finding natives() {
        String found = facts.unpacked().stream().map(NativesPlace::describe).collect(Collectors.joining("; "));
        boolean loaded =
                facts.nd4j().loading().succeeded() && facts.onnxRuntime().succeeded();
        return loaded || facts.unpacked().stream().allMatch(NativesPlace::isFit)
                ? Finding.ok(named("natives"), found)
                : Finding.wrong(
                        named("natives"),
                        found,
                        "name directories that can be written and are not mounted noexec: ND4J's and oneDNN's by -D"
                                + NativesPlace.JAVACPP + "=…, ONNX Runtime's by -D" + NativesPlace.TEMPORARY
                                + "=…, or the one that has its libraries by -D" + NativesPlace.ONNX_RUNTIME + "=…");
    }

    private static String size(long bytes) {
        return bytes == 0 ? "none" : "%.1f GiB".formatted(bytes / (double) (1L << 30));
    }
}
