package io.retort.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the launcher says of a Java that cannot run the program: before it builds or starts anything. */
class LauncherJavaTest {
    private static final Path LAUNCHER = Path.of("submit-scripts/retort").toAbsolutePath();
    private static final String TOO_OLD = "Retort is compiled for Java 17";
    private static final String TOO_NEW = "Hadoop 3.3, which Spark 3.5 brings, does not start on Java 23 and later";

    @TempDir
    private Path directory;

    /** A Java that only says its version. */
    private Path java(String version) throws IOException {
        Path home = directory.resolve("jdk-" + version);
        Path java = Files.createDirectories(home.resolve("bin")).resolve("java");
        Files.writeString(java, """
                #!/bin/sh
                [ "$1" = -version ] || exit 99
                echo 'openjdk version "%s" 2031-01-02' >&2
                """.formatted(version));
        Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwxr-xr-x"));
        return home;
    }

    private String refusal(Map<String, String> variables) throws IOException, InterruptedException {
        ProcessBuilder builder =
                new ProcessBuilder("bash", LAUNCHER.toString(), "check", "x.conf").redirectErrorStream(true);
        builder.environment().keySet().removeIf(key -> key.startsWith("SPARK_") || key.startsWith("RETORT_"));
        builder.environment().remove("JAVA_HOME");
        builder.environment().putAll(variables);
        Process process = builder.start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isEqualTo(1);
        return said;
    }

    @ParameterizedTest
    @CsvSource({"1.8.0_392, 8", "11.0.21, 11", "16, 16"})
    void refusesAJavaThatIsTooOld(String version, String feature) throws Exception {
        Path home = java(version);
        assertThat(refusal(Map.of("JAVA_HOME", home.toString())))
                .startsWith("retort: needs a JDK 17 (to 22), was Java " + feature + ": JAVA_HOME is " + home + "; "
                        + TOO_OLD + "; ")
                .contains("set JAVA_HOME to")
                .hasLineCount(1);
    }

    @ParameterizedTest
    @CsvSource({"23.0.1, 23", "25, 25", "26-ea, 26"})
    void refusesAJavaThatIsTooNew(String version, String feature) throws Exception {
        Path home = java(version);
        assertThat(refusal(Map.of("JAVA_HOME", home.toString())))
                .startsWith("retort: needs a JDK 17 (to 22), was Java " + feature + ": JAVA_HOME is " + home + "; "
                        + TOO_NEW + "; ");
    }

    @Test
    void namesTheHadoopOfTheSparkThatIsSet() throws Exception {
        Path spark = directory.resolve("spark");
        Files.createFile(Files.createDirectories(spark.resolve("jars")).resolve("hadoop-client-api-3.4.1.jar"));
        assertThat(refusal(Map.of("JAVA_HOME", java("25").toString(), "SPARK_HOME", spark.toString())))
                .contains("was Java 25: ", "; Hadoop 3.4.1 in " + spark + " does not start on Java 23 and later; ");
    }

    @Test
    void readsTheFileReleaseWhereThereIsOne() throws Exception {
        Path home = java("17.0.9");
        Files.writeString(home.resolve("release"), "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"25.0.1\"\n");
        assertThat(refusal(Map.of("JAVA_HOME", home.toString()))).contains("was Java 25: ");
    }

    @Test
    void saysWhichJavaItTookWhereJavaHomeHasNone() throws Exception {
        Path bin = java("11").resolve("bin");
        String path = bin + ":" + System.getenv("PATH");
        assertThat(refusal(Map.of("PATH", path)))
                .contains("was Java 11: JAVA_HOME is not set, and the first java of PATH is " + bin + "/java; ");
        assertThat(refusal(Map.of("PATH", path, "JAVA_HOME", "/nowhere")))
                .contains("was Java 11: JAVA_HOME is /nowhere, which has no bin/java, and the first java of PATH is "
                        + bin + "/java; ");
    }
}
