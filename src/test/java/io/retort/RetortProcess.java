package io.retort;

import io.retort.spark.Build;
import io.retort.spark.NativeSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** {@code retort} in a process of its own, on this test's class path, in local[2], with the launcher's settings. */
public final class RetortProcess {
    private RetortProcess() {}

    /** Starts it; {@code output} gets what it writes to standard output and error. */
    public static Process start(Path output, String... arguments) throws IOException {
        return start(output, Map.of(), Map.of(), arguments);
    }

    /**
     * Starts it with more settings.
     *
     * @param hadoop settings of Hadoop
     * @param environment variables
     */
    public static Process start(
            Path output, Map<String, String> hadoop, Map<String, String> environment, String... arguments)
            throws IOException {
        List<String> line = new ArrayList<>();
        line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        line.addAll(Build.current().jvmOptions());
        line.add("-XX:TieredStopAtLevel=1"); // it ends within seconds, most of which the second compiler would take
        line.addAll(
                List.of("-Xmx1g", "-Dorg.bytedeco.javacpp.maxbytes=2g", "-Dorg.bytedeco.javacpp.maxphysicalbytes=6g"));
        Path logging = Path.of("submit-scripts", "log4j2.properties").toAbsolutePath();
        line.add("-Dlog4j2.configurationFile=" + logging.toUri());
        hadoop.forEach((key, value) -> line.add("-Dspark.hadoop." + key + "=" + value));
        line.addAll(List.of("-Dspark.master=local[2]", "-cp", System.getProperty("java.class.path")));
        line.add("io.retort.cli.Retort");
        line.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(line);
        builder.environment().putAll(new NativeSettings(1, 1, 1).environment());
        builder.environment().put("SPARK_LOCAL_IP", "127.0.0.1");
        builder.environment().putAll(environment);
        return builder.redirectErrorStream(true).redirectOutput(output.toFile()).start();
    }
}
