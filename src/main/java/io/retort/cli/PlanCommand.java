package io.retort.cli;

import io.retort.data.source.ReaderSettings;
import io.retort.recipe.DataSettings;
import io.retort.recipe.Recipe;
import io.retort.run.record.HostInfo;
import io.retort.run.record.RunReports;
import io.retort.scaling.EarlierTimes;
import io.retort.scaling.PlanReport;
import io.retort.scaling.PlanText;
import io.retort.scaling.PlannedWorkload;
import io.retort.scaling.Probe;
import io.retort.scaling.Rates;
import io.retort.scaling.SharedStorage;
import io.retort.scaling.SubmitSettings;
import io.retort.scaling.SubmitSettings.DeployMode;
import io.retort.scaling.SubmitSettings.Manager;
import io.retort.scaling.Workload;
import io.retort.spark.ParallelTasks;
import io.retort.spark.SessionSetup;
import io.retort.storage.EndOfProcess;
import io.retort.storage.Json;
import io.retort.storage.Storage;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code retort plan}. */
@Command(
        name = "plan",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Tells before a run what it will take: samples, shards, bytes of soft labels, memory of an executor, how"
                    + " batches are cut, the time on 1, 2, 4 ... executors, and after how many more do not pay.",
            "Times come from a probe of the recipe's own networks on this machine (some seconds each; keep the machine"
                    + " quiet), and from the newest finished run of the recipe under the root, where its stages were the"
                    + " same. They are estimates, which docs/SCALING.md explains."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:planned", "1:failed", "2:bad configuration or usage"})
final class PlanCommand implements Callable<Integer> {
    private static final long JAR_BYTES = 350_000_000;

    @Spec
    private CommandSpec spec;

    @Mixin
    private RecipeOptions options;

    @Mixin
    private RootOptions root;

    @Option(
            names = "--executors",
            paramLabel = "N",
            defaultValue = "16",
            description = "the most executors to plan for; default: ${DEFAULT-VALUE}")
    private int executors;

    @Option(
            names = "--executor-cores",
            paramLabel = "N",
            description = "cores of each; default: spark.executor.cores of the recipe, or those of a task")
    private Optional<Integer> executorCores;

    @Option(
            names = "--network",
            paramLabel = "GBIT",
            defaultValue = "10",
            description = "gigabits a second of each machine's network, which cannot be measured here; default:"
                    + " ${DEFAULT-VALUE}")
    private double networkGbit;

    @Option(
            names = "--samples",
            paramLabel = "N",
            description = "plan as if there were so many training samples, such as 1000000000")
    private Optional<Long> samples;

    @Option(names = "--json", description = "print JSON instead of tables")
    private boolean json;

    @Option(
            names = "--spark-conf",
            description = "print, as a properties file with comments, what spark-submit must be told for this recipe:"
                    + " memory, cores, native limits; measures nothing")
    private boolean sparkConf;

    @Option(
            names = "--master",
            paramLabel = "MASTER",
            defaultValue = "yarn",
            description = "for --spark-conf: spark://HOST:PORT, yarn or k8s://URL; default: ${DEFAULT-VALUE}")
    private String master;

    @Option(
            names = "--deploy-mode",
            paramLabel = "MODE",
            defaultValue = "client",
            description = "for --spark-conf: where the driver runs, client or cluster; default: ${DEFAULT-VALUE}")
    private DeployMode deployMode;

    @Option(
            names = "--shared-files",
            description =
                    "for --spark-conf: file: paths are on a volume that every machine or pod mounts at that place")
    private boolean sharedFiles;

    @Override
    public Integer call() {
        // The launcher asks for settings where a cluster may see data that this machine does not.
        Recipe recipe = sparkConf ? options.recipe() : options.previewed();
        int taskCores = Integer.parseInt(recipe.spark().getOrDefault("spark.task.cpus", "1"));
        int cores = executorCores.orElseGet(
                () -> Integer.parseInt(recipe.spark().getOrDefault("spark.executor.cores", taskCores + "")));
        require("--executors", executors, 1);
        require("--executor-cores", cores, taskCores);
        Storage storage = RecipeOptions.storage(recipe);
        double before = uptime();
        PlannedWorkload planned = options.planned(() -> workload(recipe, storage));
        double looked = uptime() - before;
        PrintWriter out = spec.commandLine().getOut();
        if (sparkConf) {
            out.print(submitSettings(recipe, storage, planned.workload(), cores, taskCores));
            out.flush();
            return Retort.DONE;
        }
        if (!(networkGbit > 0)) {
            throw new ParameterException(spec.commandLine(), "--network must be > 0, was " + networkGbit);
        }
        Workload workload = samples.map(many -> planned.workload()
                        .withTrainingSamples(
                                require("--samples", many, 1), recipe.data().samplesPerShard()))
                .orElse(planned.workload());
        EarlierTimes earlier = new RunReports(storage, root.root())
                .find(recipe.name())
                .map(report -> EarlierTimes.of(report, recipe, planned, HostInfo.cpu()))
                .orElse(EarlierTimes.none());
        Rates rates = probed(recipe, storage, planned, earlier, looked);
        PlanReport.Offer offer = new PlanReport.Offer(executors, cores / taskCores, taskCores, networkGbit, JAR_BYTES);
        PlanReport plan = PlanReport.of(recipe.name(), workload, rates, earlier, offer);
        out.println(json ? Json.pretty(plan) : PlanText.of(plan));
        out.flush();
        return Retort.DONE;
    }

    /** Of rows that Spark loads only a session knows the columns and the number. */
    private static PlannedWorkload workload(Recipe recipe, Storage storage) {
        DataSettings data = recipe.data();
        boolean needsSpark = Stream.concat(Stream.of(data.train(), data.test()), data.validationSource().stream())
                .anyMatch(ReaderSettings::needsSpark);
        if (!needsSpark) {
            return PlannedWorkload.of(recipe, storage);
        }
        try (SparkSession session = SessionSetup.start("retort plan " + recipe.name(), recipe.spark())) {
            return PlannedWorkload.of(recipe, Storage.of(session.sparkContext().hadoopConfiguration()));
        }
    }

    private String submitSettings(Recipe recipe, Storage storage, Workload workload, int cores, int taskCores) {
        try {
            Manager manager = Manager.of(master);
            List<String> local = SharedStorage.localPlaces(recipe, storage, root.root(), manager);
            if (!sharedFiles) {
                SharedStorage.require(local, manager);
            }
            String notes = local.stream()
                    .map(place -> "# note: " + place + "; every machine must see it there\n")
                    .reduce("", String::concat);
            SubmitSettings.Request request =
                    new SubmitSettings.Request(manager, deployMode, executors, cores, taskCores);
            return notes + SubmitSettings.of(workload, request, recipe.spark()).text();
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }

    /** Seconds since this process began. */
    private static double uptime() {
        return ManagementFactory.getRuntimeMXBean().getUptime() / 1000.0;
    }

    /** @param looked seconds that the look at the data took, in a session of its own where it needs one */
    @SuppressWarnings("try") // the work at the end of the process is only to be taken back
    private Rates probed(Recipe recipe, Storage storage, PlannedWorkload planned, EarlierTimes earlier, double looked) {
        if (!SessionSetup.isLocal(new SparkConf())) {
            throw new ParameterException(
                    spec.commandLine(),
                    "plan probes this machine, so it runs in local mode; leave out --master "
                            + new SparkConf().get("spark.master"));
        }
        PrintWriter err = spec.commandLine().getErr();
        try (EndOfProcess end = Terminal.quietWhenInterrupted();
                SparkSession session = SessionSetup.start("retort plan " + recipe.name(), recipe.spark())) {
            double start = uptime() - looked;
            JavaSparkContext spark = JavaSparkContext.fromSparkContext(session.sparkContext());
            Path scratch = new Path(Files.createTempDirectory("retort-probe").toUri());
            return new Probe(storage, recipe, planned, spark.defaultParallelism())
                    .rates(start, tasks -> idle(spark, storage, tasks), earlier, scratch, what -> {
                        err.println("probing " + what);
                        err.flush();
                    });
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write to " + System.getProperty("java.io.tmpdir"), e);
        }
    }

    /** Tasks that do nothing but what all do: they open the storage, whose settings travel with them. */
    private static void idle(JavaSparkContext spark, Storage storage, int tasks) {
        List<Integer> inputs = IntStream.range(0, tasks).boxed().toList();
        ParallelTasks.collect(spark, inputs, input -> storage.configuration().size());
    }

    private <T extends Number> T require(String option, T value, int least) {
        if (value.longValue() < least) {
            throw new ParameterException(spec.commandLine(), option + " must be at least " + least + ", was " + value);
        }
        return value;
    }
}
