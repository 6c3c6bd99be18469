package io.retort.run.record;

import io.retort.engine.onnx.run.OnnxSession;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** What machine this is, as far as measured times depend on it. */
public final class HostInfo {
    private HostInfo() {}

    /** The processor's model as the kernel names it, and how many of its cores the JVM may use. */
    public static String cpu() {
        return model() + ", " + Runtime.getRuntime().availableProcessors() + " cores";
    }

    /** What inference depends on, in its times and, where int8 kernels are involved, in its numbers: the processor, and ONNX Runtime's version. */
    public static String inference() {
        return cpu() + ", ONNX Runtime " + OnnxSession.runtimeVersion();
    }

    /** How many threads wanted a core, in the mean over the last minute; 0 where the system does not say. */
    public static double load() {
        return Math.max(0, ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
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
}
