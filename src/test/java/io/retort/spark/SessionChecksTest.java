package io.retort.spark;

import static org.assertj.core.api.Assertions.assertThat;

import io.retort.spark.Doctor.Finding;
import io.retort.spark.Doctor.SessionChecks;
import java.util.List;
import org.apache.spark.SparkConf;
import org.junit.jupiter.api.Test;

class SessionChecksTest {
    private static final Build BUILD = new Build("1", "3.5.9", "2.12.18", List.of());
    private static final String KRYO = "org.apache.spark.serializer.KryoSerializer";

    private static List<Finding> findings(SparkConf conf, String version) {
        return new SessionChecks(conf.set("spark.master", "yarn"), version, BUILD).findings();
    }

    @Test
    void sparksDefaultsAreRight() {
        assertThat(findings(new SparkConf(false), "3.5.9"))
                .containsExactly(
                        Finding.ok("Spark", "Spark 3.5.9, master yarn"),
                        Finding.ok("serializer", "org.apache.spark.serializer.JavaSerializer"));
    }

    @Test
    void spark4IsRightAndAnotherMinorVersionIsWrong() {
        assertThat(findings(new SparkConf(false), "4.2.0"))
                .first()
                .isEqualTo(Finding.ok("Spark", "Spark 4.2.0, master yarn (built for 3.5.9)"));
        assertThat(findings(new SparkConf(false), "3.5.1"))
                .first()
                .isEqualTo(Finding.ok("Spark", "Spark 3.5.1, master yarn (built for 3.5.9)"));
        assertThat(findings(new SparkConf(false), "3.4.1"))
                .first()
                .isEqualTo(Finding.wrong(
                        "Spark",
                        "Spark 3.4.1, master yarn",
                        "built for Spark 3.5.9, runs on Spark 4 too; use one of them"));
    }

    @Test
    void kryoWithoutNd4jsRegistratorIsWrong() {
        assertThat(findings(new SparkConf(false).set("spark.serializer", KRYO), "3.5.9"))
                .last()
                .isEqualTo(Finding.wrong(
                        "serializer",
                        "Kryo without org.nd4j.kryo.Nd4jRegistrator",
                        "ND4J's arrays would arrive empty: remove spark.serializer, or set"
                                + " spark.kryo.registrator=org.nd4j.kryo.Nd4jRegistrator"));
        assertThat(findings(
                        new SparkConf(false)
                                .set("spark.serializer", KRYO)
                                .set("spark.kryo.registrator", "org.nd4j.kryo.Nd4jRegistrator"),
                        "3.5.9"))
                .last()
                .extracting(Finding::level)
                .isEqualTo(Finding.Level.SLOW);
    }
}
