package io.retort.spark;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BuildTest {
    @Test
    void namesAJavaOnWhichHadoopDoesNotStart() {
        assertThat(Build.hadoopObstacle(25, "3.3.4", false))
                .hasValue(
                        "Hadoop 3.3.4 does not start on Java 25; set JAVA_HOME to a JDK 17, or use a Spark with Hadoop"
                                + " 3.5 or later, such as Spark 4.2");
        assertThat(Build.hadoopObstacle(23, "3.4.1", false)).isPresent();
        assertThat(Build.hadoopObstacle(22, "3.3.4", false)).isEmpty();
        assertThat(Build.hadoopObstacle(25, "3.5.0", true)).isEmpty();
        assertThat(Build.hadoopObstacle()).isEmpty();
    }
}
