package io.retort.spark;

import io.retort.spark.Doctor.Finding;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.SparkConf;

/** What is good and bad about how Spark is set up. */
final class SessionChecks {
    private static final String KRYO = "org.apache.spark.serializer.KryoSerializer";
    private static final String REGISTRATOR = "org.nd4j.kryo.Nd4jRegistrator";

    private final SparkConf conf;
    private final String version;
    private final Build build;

    SessionChecks(SparkConf conf, String version, Build build) {
        this.conf = conf;
        this.version = version;
        this.build = build;
    }

    List<Finding> findings() {
        List<Finding> findings = new ArrayList<>();
        findings.add(version());
        findings.add(serializer());
        return findings;
    }

    private Finding version() {
        String found = "Spark " + version + ", master " + conf.get("spark.master", "none");
        if (version.equals(build.sparkVersion())) {
            return Finding.ok("Spark", found);
        }
        String advice = "built for Spark " + build.sparkVersion() + "; build with -Dspark.version=" + version;
        return ProcessChecks.binary(version).equals(ProcessChecks.binary(build.sparkVersion()))
                ? Finding.ok("Spark", found + " (built for " + build.sparkVersion() + ")")
                : Finding.wrong("Spark", found, advice);
    }

    private Finding serializer() {
        String serializer = conf.get("spark.serializer", "org.apache.spark.serializer.JavaSerializer");
        if (!serializer.equals(KRYO)) {
            return Finding.ok("serializer", serializer);
        }
        List<String> registrators =
                Arrays.asList(conf.get("spark.kryo.registrator", "").split(","));
        if (registrators.contains(REGISTRATOR)) {
            return Finding.slow(
                    "serializer",
                    "Kryo with " + REGISTRATOR,
                    "Java records do not survive Spark's Kryo; leave spark.serializer at its default");
        }
        return Finding.wrong(
                "serializer",
                "Kryo without " + REGISTRATOR,
                "ND4J's arrays would arrive empty: remove spark.serializer, or set spark.kryo.registrator="
                        + REGISTRATOR);
    }
}
