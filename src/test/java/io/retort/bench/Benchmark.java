package io.retort.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.retort.EmbeddedCluster;
import io.retort.data.shard.Dataset;
import io.retort.engine.dl4j.NativeBackend;
import io.retort.engine.onnx.run.OnnxRuntime;
import io.retort.engine.onnx.write.ExportedNetwork;
import io.retort.predict.Model.ModelHandle;
import io.retort.report.ConsoleTable;
import io.retort.spark.SessionSetup;
import io.retort.storage.Storage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Measures Retort's speed as ratios, each of two sides that take turns in one run, on the networks of {@code conf/w1.conf}. */
@Command(
        name = "benchmark",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Measures Retort's speed as ratios on the networks of conf/w1.conf, at batch 128 with one thread per replica. The two sides of a ratio"
                    + " take turns, and medians are compared. Absolute figures stand beside them, and how many cores other programs kept busy"
                    + " meanwhile: with more than a tenth of one, measure again when the machine is quiet.",
            "The pieces, all of them by default (8 minutes on two quiet cores):",
            "  step            a training step against its forward pass",
            "  local           two replicas in local[2] against one bare loop",
            "  standalone      two executors of an embedded standalone cluster against one bare loop",
            "  labelling       labelling through Spark against bare ONNX Runtime",
            "  labelling-onnx  the same, the file as a teacher from elsewhere",
            "  second-run      the second run of a command against its first",
            "",
            "With --kernels, JMH measures single layers instead, by oneDNN and by DL4J with our layers and its own (6 minutes). With --blocks, it measures the lightweight blocks"
                    + " by both engines: time against MACs, as a Markdown table (9 minutes); --blocks dws32 squeeze4 measures some of them. With --plan, what retort plan predicts for one and for two executors"
                    + " stands beside what they take (8 minutes). With --replicas, accuracy by kind of trainer and number of replicas (half an hour; --replicas"
                    + " --help says more). With --jobs, the parts of what a Spark job of a training costs (1 minute). With --states, what the driver holds of a"
                    + " large network by number of replicas (2 minutes). With --compression, it measures what stages of compression take of a million parameters"
                    + " (4 minutes). With --table, a table of 1,000,000 rows (or as many as stand behind it) goes through sharding, labelling, training and"
                    + " evaluation with a heap of 2 GiB, beside a pass of plain Spark (3 minutes). With --transform, as many rows go through Spark ML's transform with a heap of 2 GiB,"
                    + " beside bare ONNX Runtime (1 minute). With --search ROOT, trainings an hour of a search and the use of slots, on one slot and on two (10 minutes). With"
                    + " --forest FITTED.bin STUDENT.onnx, a forest that a run has fitted (below store/models) is written as ONNX, and its bytes and latency stand"
                    + " beside the student's (seconds)."
        })
public final class Benchmark implements Callable<Integer> {
    private static final String LOCAL = "local";
    private static final String STANDALONE = "standalone";
    private static final double LOCAL_TARGET = 1.7;
    private static final double STANDALONE_TARGET = 1.6;
    private static final Set<String> PIECES = new LinkedHashSet<>(List.of(
            StepPiece.NAME,
            EnginesPiece.NAME,
            LOCAL,
            STANDALONE,
            LabellingPiece.NETWORK,
            LabellingPiece.ONNX,
            SecondRunPiece.NAME));

    @Option(
            names = "--only",
            split = ",",
            paramLabel = "PIECE",
            description = "measures these pieces only, such as --only step,labelling")
    private List<String> only = List.copyOf(PIECES);

    @Option(names = "--quick", description = "a third of the samples: to see that it works")
    private boolean quick;

    @Option(names = "--json", paramLabel = "FILE", description = "writes the figures to a file, too")
    private Path json;

    private final List<Measurement> measurements = new ArrayList<>();

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new Benchmark()).execute(arguments));
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        for (String piece : only) {
            if (!PIECES.contains(piece)) {
                System.err.println("benchmark: --only: unknown piece '" + piece + "'; there are " + PIECES);
                return 2;
            }
        }
        Path directory = Scratch.directory();
        measure(directory);
        System.out.println(table());
        System.out.println(NativeBackend.report());
        if (json != null) {
            new ObjectMapper().writerWithDefaultPrettyPrinter().writeValue(json.toFile(), contents());
        }
        return 0;
    }

    private void measure(Path directory) throws IOException, InterruptedException {
        // 16 shards; a round takes two.
        Workload workload = Workload.of(
                new org.apache.hadoop.fs.Path(directory.resolve("root").toUri()), quick ? 8 * 2048 : 16 * 2048);
        if (only.contains(StepPiece.NAME)) {
            Duration time = Duration.ofSeconds(quick ? 4 : 8);
            add(StepPiece.measure(workload.teacher(), time));
            add(StepPiece.measure(workload.student(), time));
        }
        if (only.contains(EnginesPiece.NAME)) {
            Duration time = Duration.ofSeconds(quick ? 6 : 15);
            EnginesPiece.measure(workload.teacher(), 1.5, 1.7, time).forEach(this::add);
            EnginesPiece.measure(workload.student(), 2.5, 1.5, time).forEach(this::add);
        }
        if (only.contains(LOCAL) || only.contains(LabellingPiece.NETWORK) || only.contains(LabellingPiece.ONNX)) {
            try (SparkSession session = SessionSetup.start("benchmark", Map.of("spark.master", "local[2]"))) {
                local(session, workload);
            }
        }
        if (only.contains(STANDALONE)) {
            try (EmbeddedCluster cluster =
                            EmbeddedCluster.start(Files.createDirectory(directory.resolve("cluster")), 2, 1);
                    SparkSession session = SessionSetup.start("benchmark", onCluster(cluster))) {
                replicas(STANDALONE, STANDALONE_TARGET, session, workload);
            }
        }
        if (only.contains(SecondRunPiece.NAME)) {
            add(SecondRunPiece.measure(directory, quick ? 2048 : 4096));
        }
    }

    /** What a session on an embedded cluster needs. */
    static Map<String, String> onCluster(EmbeddedCluster cluster) {
        return Map.of(
                "spark.master",
                cluster.master(),
                "spark.jars",
                Path.of("target", "retort.jar").toUri().toString(),
                "spark.driver.host",
                "127.0.0.1",
                "spark.executor.memory",
                "2g",
                "spark.cores.max",
                "2",
                "spark.ui.enabled",
                "false");
    }

    private void local(SparkSession session, Workload workload) {
        if (only.contains(LOCAL)) {
            replicas(LOCAL, LOCAL_TARGET, session, workload);
        }
        LabellingPiece labelling = labelling(session, workload);
        int pairs = quick ? 2 : 6;
        if (only.contains(LabellingPiece.NETWORK)) {
            add(labelling.network(pairs));
        }
        if (only.contains(LabellingPiece.ONNX)) {
            add(labelling.onnx(pairs));
        }
    }

    private void replicas(String piece, double target, SparkSession session, Workload workload) {
        LabellingPiece labelling = labelling(session, workload);
        ModelHandle teacher = new ExportedNetwork(labelling.model());
        labelling.label(teacher);
        Dataset dataset = labelling.dataset();
        ReplicaPiece replicas = new ReplicaPiece(labelling.spark(), workload, labelling.storage(), teacher);
        add(replicas.measure(piece, target, workload.teacher(), dataset, 2, 8));
        add(replicas.measure(piece, target, workload.student(), dataset, 10, 16));
    }

    private static LabellingPiece labelling(SparkSession session, Workload workload) {
        Storage storage = Storage.of(session.sparkContext().hadoopConfiguration());
        JavaSparkContext spark = JavaSparkContext.fromSparkContext(session.sparkContext());
        return new LabellingPiece(spark, workload, storage, workload.dataset(spark, storage));
    }

    private void add(Measurement measurement) {
        measurements.add(measurement);
        System.err.println(measurement.name() + ": " + Measurement.number(measurement.ratio()));
    }

    private String table() {
        ConsoleTable table = new ConsoleTable()
                .left("ratio")
                .right("measured")
                .right("target")
                .left("verdict")
                .left("sides")
                .right("cores of others");
        for (Measurement measurement : measurements) {
            table.row(
                    measurement.name(),
                    Measurement.number(measurement.ratio()),
                    measurement.goal(),
                    measurement.verdict(),
                    measurement.figures(),
                    Measurement.number(measurement.otherLoad()));
        }
        return table.text();
    }

    private Map<String, Object> contents() {
        Map<String, Object> contents = new LinkedHashMap<>();
        contents.put("cores", Runtime.getRuntime().availableProcessors());
        contents.put("dl4j", NativeBackend.report().toString());
        contents.put("onnx-runtime", OnnxRuntime.version());
        contents.put("java", System.getProperty("java.vm.version"));
        List<Map<String, Object>> ratios = new ArrayList<>();
        for (Measurement measurement : measurements) {
            Map<String, Object> ratio = new LinkedHashMap<>();
            ratio.put("piece", measurement.piece());
            ratio.put("name", measurement.name());
            ratio.put("ratio", measurement.ratio());
            ratio.put("target", measurement.goal());
            ratio.put("met", measurement.met());
            ratio.put("sides", measurement.sides());
            ratio.put("pairs", measurement.pairs());
            ratio.put("unit", measurement.unit());
            ratio.put("cores-of-others", measurement.otherLoad());
            ratios.add(ratio);
        }
        contents.put("ratios", ratios);
        return contents;
    }
}
