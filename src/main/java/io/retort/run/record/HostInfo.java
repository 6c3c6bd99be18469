package io.retort.run.record;

import io.retort.engine.onnx.run.OnnxRuntime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.spark.api.java.JavaSparkContext;

/** This machine, as far as measured times depend on it. */
public final class HostInfo {
    private HostInfo() {}

    /** The processor's model as the kernel names it, and how many of its cores the JVM may use. */
    public static String cpu() {
        return model() + ", " + Runtime.getRuntime().availableProcessors() + " cores";
    }

    /** The processor and ONNX Runtime's version, on which times and, with int8 kernels, logits depend. */
    public static String inference() {
        return cpu() + ", ONNX Runtime " + OnnxRuntime.version();
    }

    private static String model() {
        try (Stream<String> lines = Files.lines(Path.of("/proc/cpuinfo"))) {
            return lines.filter(line -> line.startsWith("model name"))
                    .map(line -> line.substring(line.indexOf(':') + 1).trim())
                    .findFirst()
                    .orElseGet(() -> System.getProperty("os.arch"));
        } catch (IOException e) {
            return System.getProperty("os.arch");
        }
    }

    /** The surroundings of a run, on which its times and in part its figures depend. */
    public static Map<String, String> environment(JavaSparkContext spark, int replicas) {
        Map<String, String> environment = new TreeMap<>();
        environment.put("java", System.getProperty("java.vendor") + " " + System.getProperty("java.version"));
        environment.put("os", System.getProperty("os.name") + " " + System.getProperty("os.version"));
        environment.put("cpu", cpu());
        environment.put("onnx-runtime", OnnxRuntime.version());
        environment.put("spark", spark.version());
        environment.put("master", spark.master());
        environment.put("replicas", Integer.toString(replicas));
        environment.put("omp-threads", System.getenv().getOrDefault("OMP_NUM_THREADS", "unset"));
        return Collections.unmodifiableMap(environment);
    }
}
