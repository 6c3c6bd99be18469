package io.retort.spark;

import io.retort.storage.Storage;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.hadoop.fs.Path;
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
                new ArrayList<>(new SparkChecks(session.sparkContext().conf(), session.version(), build).findings());
        for (ProcessFacts facts : processes(session)) {
            findings.addAll(new ProcessChecks(facts, build).findings());
        }
        findings.add(root(session, root));
        return findings;
    }

    private static List<ProcessFacts> processes(SparkSession session) {
        if (SparkSetup.isLocal(session.sparkContext().conf())) {
            return List.of(ProcessFacts.here());
        }
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
        return List.copyOf(byName.values());
    }

    private static Finding root(SparkSession session, Path root) {
        Storage storage = Storage.of(session.sparkContext().hadoopConfiguration());
        boolean created = !storage.exists(root);
        Path probe = Storage.temporaryBeside(new Path(root, "doctor"));
        try {
            storage.write(probe, "written by retort doctor".getBytes(StandardCharsets.UTF_8));
            storage.delete(created ? root : probe);
            return Finding.ok("root", root + " is writable");
        } catch (UncheckedIOException e) {
            return Finding.wrong("root", e.getMessage(), "choose another directory with --root");
        }
    }
}
