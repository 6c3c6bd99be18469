package io.retort.spark;

import ai.onnxruntime.OrtEnvironment;
import com.sun.management.OperatingSystemMXBean;
import java.io.Serializable;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.spark.SparkEnv;
import org.bytedeco.javacpp.Pointer;

/**
 * What one JVM, driver or executor, is like.
 *
 * @param process {@code driver}, or {@code executor 3 on host-a}
 * @param javaFeature the version of Java, such as 17
 * @param closedPackages of {@code java.base} that Spark enters and that this JVM keeps closed
 * @param cores that this process may use
 * @param memoryBytes of the machine, or of the container where that is less
 * @param offHeapBytes what JavaCPP may allocate; 0 where there is no limit
 * @param physicalBytes the size of the whole process beyond which JavaCPP refuses; 0 where there is no limit
 * @param malloc what the environment says of glibc's allocator
 * @param onnxRuntime its version, or why it cannot be loaded
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
        Attempt onnxRuntime)
        implements Serializable {
    private static final List<String> ENTERED_PACKAGES =
            List.of("java.lang.invoke", "java.nio", "java.util", "java.util.concurrent", "sun.nio.ch");

    ProcessFacts {
        closedPackages = List.copyOf(closedPackages);
        malloc = new TreeMap<>(malloc);
    }

    /** Something that was tried in that process, and what came of it. */
    record Attempt(boolean succeeded, String outcome) implements Serializable {}

    /** Looks at the JVM that calls. */
    static ProcessFacts here() {
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
                onnxRuntimeVersion());
    }

    private static String name() {
        SparkEnv environment = SparkEnv.get();
        if (environment == null || environment.executorId().equals("driver")) {
            return "driver";
        }
        return "executor " + environment.executorId() + " on "
                + environment.blockManager().blockManagerId().host();
    }

    @SuppressWarnings("try") // the environment is the process's own and is not closed
    private static Attempt onnxRuntimeVersion() {
        try {
            return new Attempt(true, OrtEnvironment.getEnvironment().getVersion());
        } catch (LinkageError | RuntimeException e) {
            return new Attempt(false, e.toString());
        }
    }
}
