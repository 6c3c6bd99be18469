package io.retort;

import io.retort.spark.Build;
import io.retort.spark.NativeSettings;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What Spark's own scripts expect of a machine, made of the jars that Maven resolved, and how they start its programs. */
final class SparkHome {
    private static final String LOOPBACK = "127.0.0.1";
    private static final Path FAT_JAR = Path.of("target", "retort.jar").toAbsolutePath();
    private static final Path SPARK_CLASSPATH = Path.of("target", "spark.classpath");

    private final Path directory;
    private final Map<String, String> settings;
    private final String classpath;

    private SparkHome(Path directory, Map<String, String> settings, String classpath) {
        this.directory = directory;
        this.settings = settings;
        this.classpath = classpath;
    }

    /** A home of symbolic links, in an empty directory. */
    static SparkHome in(Path directory) throws IOException {
        return in(directory, SPARK_CLASSPATH);
    }

    /** The same of the jars that a file names. */
    static SparkHome in(Path directory, Path sparkClasspath) throws IOException {
        Path jars = Files.createDirectories(directory.resolve("jars"));
        for (String jar : Files.readString(sparkClasspath).strip().split(":", -1)) {
            Path target = Path.of(jar);
            Files.createSymbolicLink(jars.resolve(target.getFileName()), target);
        }
        return new SparkHome(directory, Map.of(), jars + "/*");
    }

    /** The same for programs that find a Hadoop cluster by the files in a directory. */
    SparkHome withHadoop(Path configuration) {
        return new SparkHome(
                directory,
                Map.of("HADOOP_CONF_DIR", configuration.toString()),
                configuration + File.pathSeparator + classpath);
    }

    /** Every jar of Spark, as a class path. */
    Path jars() {
        return directory.resolve("jars");
    }

    /** Starts {@code retort} with these arguments through spark-submit. */
    EmbeddedCluster.Submission submit(List<String> sparkOptions, String... arguments) throws IOException {
        List<String> line = java("-Xmx2g");
        line.addAll(List.of("-Dorg.bytedeco.javacpp.maxbytes=2g", "-Dorg.bytedeco.javacpp.maxphysicalbytes=5g"));
        line.addAll(List.of("org.apache.spark.deploy.SparkSubmit", "--conf", "spark.ui.enabled=false"));
        line.addAll(sparkOptions);
        line.addAll(List.of("--class", "io.retort.cli.Retort", FAT_JAR.toString()));
        line.addAll(List.of(arguments));
        Path out = Files.createTempFile(directory, "submission", ".out");
        Path err = Files.createTempFile(directory, "submission", ".err");
        Process process = process(line)
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start();
        return new EmbeddedCluster.Submission(process, out, err);
    }

    /** The beginning of a command line of a program of Spark. */
    List<String> java(String heap) {
        List<String> line = new ArrayList<>();
        line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        line.add(heap);
        line.addAll(Build.current().jvmOptions());
        line.addAll(List.of("-cp", classpath));
        return line;
    }

    ProcessBuilder process(List<String> line) {
        ProcessBuilder builder = new ProcessBuilder(line);
        Map<String, String> environment = builder.environment();
        environment.put("SPARK_HOME", directory.toString());
        environment.put("SPARK_LOCAL_IP", LOOPBACK);
        environment.put("SPARK_LOCAL_DIRS", directory.resolve("local").toString());
        environment.put("SPARK_SCALA_VERSION", "2.12"); // otherwise the worker looks for Spark's source tree
        environment.put("JAVA_HOME", System.getProperty("java.home"));
        environment.putAll(new NativeSettings(1, 1, 1).environment());
        environment.putAll(settings);
        return builder;
    }
}
