package io.retort.bench;

import io.retort.EmbeddedCluster;
import io.retort.spark.SessionSetup;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.DoubleStream;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Accuracy by kind of trainer and number of replicas, as the Markdown tables of docs/SCALING.md: {@code submit-scripts/benchmark --replicas}. */
@Command(
        name = "benchmark --replicas",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Trains three networks for the same number of epochs with each kind of trainer and 1 to 32 replicas, and prints their accuracy on held-out"
                    + " samples: the student of conf/quickstart.conf (2 epochs), the teacher of conf/w1.conf (2 epochs of 12,288 images) and an MLP on a"
                    + " made-up table. About two hours on two cores.",
            "The trainer synchronous must give the same bytes in local[1], local[2], local[4], local[8] and on the cluster; exit code 1 where it does not."
        })
public final class ReplicaAccuracy implements Callable<Integer> {
    private static final String SYNCHRONOUS = "synchronous";
    private static final String AVERAGING = "averaging";
    private static final String CLUSTER = "standalone, 2 executors";

    @Option(names = "--quick", description = "1 and 4 replicas, one seed, a few samples: to see that it works")
    private boolean quick;

    @Option(names = "--cluster", description = "also on an embedded standalone cluster of two executors of one core")
    private boolean cluster;

    @Option(
            names = "--only",
            split = ",",
            paramLabel = "NETWORK",
            description = "these networks only, of student, teacher and table")
    private List<String> only = SparkSubject.NAMES;

    private final List<Row> rows = new ArrayList<>();
    private boolean same = true;

    /** Trainings that differ in their seeds only. */
    private record Row(
            String network, String trainer, String where, int replicas, List<SparkSubject.Outcome> outcomes) {
        private String markdown() {
            double[] accuracies =
                    outcomes.stream().mapToDouble(SparkSubject.Outcome::percent).toArray();
            return String.format(
                    Locale.ROOT,
                    "| %s | %s | %s | %d | %.2f | %.2f | %.2f | %.0f |",
                    network,
                    trainer,
                    where,
                    replicas,
                    DoubleStream.of(accuracies).average().orElseThrow(),
                    DoubleStream.of(accuracies).min().orElseThrow(),
                    DoubleStream.of(accuracies).max().orElseThrow(),
                    outcomes.stream()
                            .mapToDouble(SparkSubject.Outcome::seconds)
                            .average()
                            .orElseThrow());
        }
    }

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new ReplicaAccuracy()).execute(arguments));
    }

    @Override
    public Integer call() throws IOException {
        if (!SparkSubject.NAMES.containsAll(only)) {
            System.err.println("benchmark: --only: unknown network in " + only + "; there are " + SparkSubject.NAMES);
            return 2;
        }
        Path directory = Scratch.directory();
        for (String network : only) {
            SparkSubject subject = SparkSubject.of(network, directory.resolve(network), quick);
            inLocalMode(subject);
            if (cluster) {
                onCluster(subject, directory.resolve("cluster-of-" + network));
            }
        }
        System.out.println("| network | trainer | where | replicas | accuracy, % | least | most | seconds |");
        System.out.println("|---|---|---|---|---|---|---|---|");
        rows.forEach(row -> System.out.println(row.markdown()));
        System.out.println(
                same
                        ? "The synchronous trainer gave the same bytes everywhere."
                        : "The synchronous trainer did NOT give the same bytes everywhere.");
        return same ? 0 : 1;
    }

    private List<Integer> replicas() {
        return quick ? List.of(1, 4) : List.of(1, 2, 4, 8, 16, 32);
    }

    private List<Long> seeds() {
        return quick ? List.of(1L) : List.of(1L, 2L, 3L);
    }

    private void inLocalMode(SparkSubject subject) {
        for (int threads : List.of(1, 4, 8)) {
            try (SparkSession session = local(threads)) {
                synchronous(subject, session, "local[" + threads + "]", threads, List.of(1L));
            }
        }
        try (SparkSession session = local(2)) {
            synchronous(subject, session, "local[2]", 2, seeds());
            averaging(subject, session, "local[2]");
        }
    }

    private void onCluster(SparkSubject subject, Path directory) throws IOException {
        try (EmbeddedCluster running = EmbeddedCluster.start(Files.createDirectory(directory), 2, 1);
                SparkSession session = SessionSetup.start("benchmark", Benchmark.onCluster(running))) {
            synchronous(subject, session, CLUSTER, 2, List.of(1L));
            averaging(subject, session, CLUSTER);
        }
    }

    private static SparkSession local(int threads) {
        return SessionSetup.start("benchmark", Map.of("spark.master", "local[" + threads + "]"));
    }

    private void synchronous(SparkSubject subject, SparkSession session, String where, int replicas, List<Long> seeds) {
        add(subject, session, SYNCHRONOUS, where, replicas, seeds);
    }

    private void averaging(SparkSubject subject, SparkSession session, String where) {
        for (int replicas : replicas()) {
            add(subject, session, AVERAGING, where, replicas, seeds());
        }
    }

    private void add(
            SparkSubject subject, SparkSession session, String trainer, String where, int replicas, List<Long> seeds) {
        List<SparkSubject.Outcome> outcomes = new ArrayList<>();
        for (long seed : seeds) {
            outcomes.add(subject.train(session, trainer, replicas, seed));
        }
        Row row = new Row(subject.name(), trainer, where, replicas, outcomes);
        System.err.println(row.markdown() + " " + outcomes.get(0).fingerprint());
        if (trainer.equals(SYNCHRONOUS)) {
            same &= rows.stream()
                    .filter(other -> other.network().equals(row.network())
                            && other.trainer().equals(SYNCHRONOUS))
                    .allMatch(other -> other.outcomes()
                            .get(0)
                            .fingerprint()
                            .equals(outcomes.get(0).fingerprint()));
        }
        rows.add(row);
    }
}
