package io.retort.spark;

import com.sun.management.OperatingSystemMXBean;
import io.retort.engine.TrainableNetwork.Precision;
import io.retort.engine.dl4j.NativeBackend;
import io.retort.engine.onednn.OneDnnNetwork;
import io.retort.engine.onnx.run.OnnxRuntime;
import java.io.IOException;
import java.io.Serializable;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.spark.SparkEnv;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.Pointer;

/**
 * The state of one JVM, driver or executor.
 *
 * @param process {@code driver}, or {@code executor 3 on host-a}
 * @param javaFeature the version of Java, such as 17
 * @param closedPackages of {@code java.base} that Spark enters and that this JVM keeps closed
 * @param cores that this process may use
 * @param memoryBytes of the machine, or of the container where that is less
 * @param offHeapBytes what JavaCPP may allocate; 0 where there is no limit
 * @param physicalBytes the size of the whole process beyond which JavaCPP refuses; 0 where there is no limit
 * @param malloc the environment's settings of glibc's allocator
 * @param nd4j its native library
 * @param onnxRuntime its version, or why it cannot be loaded
 * @param unpacked where native libraries are unpacked, ND4J's first
 */
record ProcessFacts(
        String process,
        int javaFeature,
        String scalaVersion,
        List<String> closedPackages,
        int cores,
        long memoryBytes,
        long heapBytes,
        long offHeapBytes,
        long physicalBytes,
        Map<String, String> malloc,
        Nd4jLibrary nd4j,
        Attempt onnxRuntime,
        List<NativesPlace> unpacked)
        implements Serializable {
    private static final List<String> ENTERED_PACKAGES =
            List.of("java.lang.invoke", "java.nio", "java.util", "java.util.concurrent", "sun.nio.ch");

    ProcessFacts {
        closedPackages = List.copyOf(closedPackages);
        malloc = new TreeMap<>(malloc);
        unpacked = List.copyOf(unpacked);
    }

    /** Something that was tried in that process, with its outcome. */
    record Attempt(boolean succeeded, String outcome) implements Serializable {}

    /**
     * ND4J's native library.
     *
     * @param loading the outcome of loading it; if it failed, the rest means nothing
     * @param extension such as {@code -onednn-avx512}; empty for the portable library
     * @param cpuFlags the flags of this CPU that matter
     * @param evidence for and against oneDNN
     * @param threads that one operation uses
     */
    record Nd4jLibrary(
            Attempt loading,
            String extension,
            List<String> cpuFlags,
            boolean oneDnnInUse,
            List<String> evidence,
            int threads)
            implements Serializable {
        Nd4jLibrary {
            cpuFlags = List.copyOf(cpuFlags);
            evidence = List.copyOf(evidence);
        }

        private static Nd4jLibrary here() {
            try {
                NativeBackend.Report report = NativeBackend.report();
                return new Nd4jLibrary(
                        new Attempt(true, "loaded"),
                        report.extension(),
                        report.cpuFlags(),
                        report.oneDnnInUse(),
                        Stream.concat(report.evidence().stream(), Stream.of(engine()))
                                .toList(),
                        report.ompThreads());
            } catch (LinkageError | RuntimeException e) {
                return new Nd4jLibrary(new Attempt(false, e.toString()), "", List.of(), false, List.of(), 0);
            }
        }
    }

    /** Whether trainer.engine = onednn can be chosen. */
    private static String engine() {
        return OneDnnNetwork.libraryObstacle()
                .orElseGet(() -> "for the engine onednn with " + OneDnnNetwork.instructions()
                        + (OneDnnNetwork.obstacle(Precision.BFLOAT16).isEmpty() ? ", which has bfloat16" : ""));
    }

    /** Looks at the JVM that calls. */
    static ProcessFacts here() {
        // First of all: JavaCPP reads its settings when it is first touched, and this is what sets them.
        Nd4jLibrary nd4j = Nd4jLibrary.here();
        OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        Map<String, String> malloc = new TreeMap<>(System.getenv());
        malloc.keySet().retainAll(NativeSettings.MALLOC.keySet());
        Module base = Object.class.getModule();
        Stream<String> closed =
                ENTERED_PACKAGES.stream().filter(name -> !base.isOpen(name, ProcessFacts.class.getModule()));
        return new ProcessFacts(
                name(),
                Runtime.version().feature(),
                scala.util.Properties.versionNumberString(),
                closed.toList(),
                Runtime.getRuntime().availableProcessors(),
                system.getTotalMemorySize(),
                Runtime.getRuntime().maxMemory(),
                Pointer.maxBytes(),
                Pointer.maxPhysicalBytes(),
                malloc,
                nd4j,
                onnxRuntimeVersion(),
                NativesPlace.here());
    }

    private static String name() {
        SparkEnv environment = SparkEnv.get();
        if (environment == null || environment.executorId().equals("driver")) {
            return "driver";
        }
        return "executor " + environment.executorId() + " on "
                + environment.blockManager().blockManagerId().host();
    }

    private static Attempt onnxRuntimeVersion() {
        try {
            return new Attempt(true, OnnxRuntime.version());
        } catch (LinkageError | RuntimeException e) {
            return new Attempt(false, FailureMessage.of(e));
        }
    }

    /**
     * Where a process unpacks native libraries.
     *
     * @param libraries such as {@code ONNX Runtime}
     * @param obstacle why they cannot be unpacked there, as a clause; empty where they can
     */
    record NativesPlace(String libraries, String directory, String obstacle) implements Serializable {
        /** The property of JavaCPP's directory, by default {@code .javacpp/cache} in the home directory. */
        static final String JAVACPP = "org.bytedeco.javacpp.cachedir";

        /** The property of a directory that has ONNX Runtime's libraries already. */
        static final String ONNX_RUNTIME = "onnxruntime.native.path";

        static final String TEMPORARY = "java.io.tmpdir";

        /** Those of the process that calls; JavaCPP must have its settings. */
        static List<NativesPlace> here() {
            NativesPlace javaCpp;
            try {
                javaCpp = of("ND4J, oneDNN", Loader.getCacheDir().toPath());
            } catch (IOException | LinkageError e) {
                javaCpp =
                        new NativesPlace("ND4J, oneDNN", "nowhere", "there is no cache of JavaCPP: " + e.getMessage());
            }
            NativesPlace onnxRuntime = Optional.ofNullable(System.getProperty(ONNX_RUNTIME))
                    .map(given -> new NativesPlace("ONNX Runtime", given, ""))
                    .orElseGet(() -> of("ONNX Runtime", Path.of(System.getProperty(TEMPORARY))));
            return List.of(javaCpp, onnxRuntime);
        }

        /** Writes a file there that may be executed, and looks whether it may; of a file system mounted noexec it may not. */
        static NativesPlace of(String libraries, Path directory) {
            String obstacle;
            try {
                Path probe = Files.createTempFile(directory, "retort-doctor", ".probe");
                try {
                    obstacle = probe.toFile().setExecutable(true) && Files.isExecutable(probe)
                            ? ""
                            : "nothing there may be executed (noexec)";
                } finally {
                    Files.delete(probe);
                }
            } catch (IOException e) {
                obstacle = "it cannot be written";
            }
            return new NativesPlace(libraries, directory.toString(), obstacle);
        }

        boolean isFit() {
            return obstacle.isEmpty();
        }

        String describe() {
            return libraries + " in " + directory + (isFit() ? "" : ", but " + obstacle);
        }
    }
}
