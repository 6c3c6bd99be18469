package io.retort.spark;

import io.retort.spark.Doctor.Finding;
import io.retort.spark.ProcessChecks.Replicas;
import io.retort.storage.Storage;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;

/** Examines whether Java, Spark, the native libraries and the storage are fit for a run. */
public final class Doctor {
    private Doctor() {}

    /**
     * Looks at the driver, at the executors that Spark has, and at the root.
     *
     * @param root the directory that runs write to; it need not exist
     */
    public static List<Finding> examine(SparkSession session, Path root) {
        Build build = Build.current();
        List<Finding> findings =
                new ArrayList<>(new SessionChecks(session.sparkContext().conf(), session.version(), build).findings());
        findings.addAll(processes(session, build));
        findings.add(root(session, root));
        return findings;
    }

    private static List<Finding> processes(SparkSession session, Build build) {
        SparkConf conf = session.sparkContext().conf();
        int coresEach = conf.getInt("spark.task.cpus", 1);
        int slots = session.sparkContext().defaultParallelism();
        if (SessionSetup.isLocal(conf)) {
            int replicas = Math.max(1, slots / coresEach);
            return new ProcessChecks(ProcessFacts.here(), new Replicas(replicas, coresEach, replicas), build)
                    .findings();
        }
        Collection<ProcessFacts> executors = executors(session);
        int cores = conf.getInt("spark.executor.cores", Math.max(1, slots / executors.size()));
        Replicas replicas = new Replicas(Math.max(1, cores / coresEach), coresEach, 0);
        List<Finding> findings = new ArrayList<>(
                new ProcessChecks(ProcessFacts.here(), new Replicas(0, coresEach, 0), build).findings());
        executors.forEach(facts -> findings.addAll(new ProcessChecks(facts, replicas, build).findings()));
        return findings;
    }

    private static Collection<ProcessFacts> executors(SparkSession session) {
        JavaSparkContext spark = JavaSparkContext.fromSparkContext(session.sparkContext());
        // More tasks than cores: the first in each JVM loads the native libraries, and meanwhile every other executor
        // gets some.
        int tasks = 4 * spark.defaultParallelism();
        List<Integer> numbers = IntStream.range(0, tasks).boxed().toList();
        TreeMap<String, ProcessFacts> byName = new TreeMap<>();
        spark.parallelize(numbers, tasks)
                .map(number -> ProcessFacts.here())
                .collect()
                .forEach(facts -> byName.put(facts.process(), facts));
        return byName.values();
    }

    private static Finding root(SparkSession session, Path root) {
        Storage storage = Storage.of(session.sparkContext().hadoopConfiguration());
        Path probe = Storage.temporaryBeside(new Path(root, "doctor"));
        try {
            storage.write(probe, "written by retort doctor".getBytes(StandardCharsets.UTF_8));
            storage.delete(probe); // and never the root, in which another run may be beginning
            return Finding.ok("root", root + " is writable");
        } catch (UncheckedIOException e) {
            return Finding.wrong("root", e.getMessage(), "choose another directory with --root");
        }
    }

    /**
     * One thing that the doctor looked at.
     *
     * @param check the examined thing
     * @param found its state
     * @param advice what to do about it; empty where all is well
     */
    public record Finding(Level level, String check, String found, String advice) {
        /** How bad it is. */
        public enum Level {
            /** As it should be. */
            OK,
            /** Right results, but slower than this machine can be, or at risk of running out of memory. */
            SLOW,
            /** A run would fail or give wrong results. */
            WRONG
        }

        public static Finding ok(String check, String found) {
            return new Finding(Level.OK, check, found, "");
        }

        public static Finding slow(String check, String found, String advice) {
            return new Finding(Level.SLOW, check, found, advice);
        }

        public static Finding wrong(String check, String found, String advice) {
            return new Finding(Level.WRONG, check, found, advice);
        }
    }

    /** Checks of Spark's settings. */
    static final class SessionChecks {
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
            boolean runs = version.startsWith("4.")
                    || ProcessChecks.binary(version).equals(ProcessChecks.binary(build.sparkVersion()));
            return runs
                    ? Finding.ok("Spark", found + " (built for " + build.sparkVersion() + ")")
                    : Finding.wrong(
                            "Spark",
                            found,
                            "built for Spark " + build.sparkVersion() + ", runs on Spark 4 too; use one of them");
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
}
