package io.retort.spark;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Properties;

/**
 * The versions for which this program was built.
 *
 * @param version of Retort
 * @param sparkVersion the version of Spark on its class path, such as {@code 3.5.9}
 * @param scalaVersion such as {@code 2.12.18}
 * @param jvmOptions what every JVM that runs Retort needs on its command line: packages that Java 17 closes and Spark
 *     enters, and DL4J's oneDNN switch
 */
public record Build(String version, String sparkVersion, String scalaVersion, List<String> jvmOptions) {
    private static final String FILE = "build.properties";

    public Build {
        jvmOptions = List.copyOf(jvmOptions);
    }

    /** Reads what Maven wrote into the jar. */
    public static Build current() {
        Properties properties = new Properties();
        try (InputStream in = Build.class.getResourceAsStream(FILE)) {
            if (in == null) {
                throw new IllegalStateException(FILE + " is not beside " + Build.class + "; build with Maven");
            }
            properties.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + FILE, e);
        }
        return new Build(
                properties.getProperty("version"),
                properties.getProperty("spark"),
                properties.getProperty("scala"),
                List.of(properties.getProperty("jvm-options").split("\\s+")));
    }
}
