package io.retort.spark;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import org.apache.hadoop.util.VersionInfo;

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
    private static final String SUBJECTS = "org/apache/hadoop/security/authentication/util/SubjectUtil.class";
    private static final int FIRST_WITHOUT_SUBJECTS = 23;

    public Build {
        jvmOptions = List.copyOf(jvmOptions);
    }

    /**
     * Why Java and Hadoop do not go together, or nothing. Hadoop's first step asks for {@code Subject.getSubject},
     * which Java 23 and later refuse; from 3.5 on it has another way.
     */
    public static Optional<String> hadoopObstacle() {
        return hadoopObstacle(
                Runtime.version().feature(),
                VersionInfo.getVersion(),
                Build.class.getClassLoader().getResource(SUBJECTS) != null);
    }

    static Optional<String> hadoopObstacle(int java, String hadoop, boolean knowsNewSubjects) {
        return java < FIRST_WITHOUT_SUBJECTS || knowsNewSubjects
                ? Optional.empty()
                : Optional.of("Hadoop " + hadoop + " does not start on Java " + java
                        + "; set JAVA_HOME to a JDK 17, or use a Spark with Hadoop 3.5 or later, such as Spark 4.2");
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
