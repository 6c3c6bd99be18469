package io.retort.cli;

import com.github.freva.asciitable.AsciiTable;
import com.github.freva.asciitable.Column;
import com.github.freva.asciitable.HorizontalAlign;
import com.github.freva.asciitable.OverflowBehaviour;
import io.retort.recipe.Recipe;
import io.retort.scaling.LabellingTrial;
import io.retort.scaling.LabellingTrial.Peak;
import io.retort.scaling.Memory;
import io.retort.scaling.PlannedWorkload;
import io.retort.scaling.Probe;
import io.retort.spark.Doctor;
import io.retort.spark.Doctor.Finding;
import io.retort.spark.Doctor.Finding.Level;
import io.retort.spark.PeakMemory;
import io.retort.spark.SessionSetup;
import io.retort.storage.EndOfProcess;
import io.retort.storage.Json;
import io.retort.storage.Storage;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.spark.SparkConf;
import org.apache.spark.network.util.JavaUtils;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code retort doctor}. */
@Command(
        name = "doctor",
        mixinStandardHelpOptions = true,
        description = {
            "Examines Java, Spark, the native libraries, memory and storage, and says what to do about what it finds.",
            "SLOW findings cost time or risk running out of memory; WRONG ones would make a run fail, and `run` refuses them.",
            "With a recipe its teacher labels some rows in a process of its own, whose memory beside the heap is compared"
                    + " with what an executor would have there."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:nothing is wrong", "1:something is wrong", "2:bad usage"})
final class DoctorCommand implements Callable<Integer> {
    private static final String LABEL_HERE = "--label-here";
    private static final String TASK_CORES = "spark.task.cpus";
    private static final String OVERHEAD = "spark.executor.memoryOverhead";
    private static final int WIDTH = 60;

    @Spec
    private CommandSpec spec;

    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "CONF",
            description = "a recipe whose labelling is to be measured")
    private Optional<String> file;

    @Option(names = "-D", paramLabel = "KEY=VALUE", description = "overrides a key of the recipe; may be repeated")
    private List<String> overrides = new ArrayList<>();

    @Option(names = LABEL_HERE, hidden = true, description = "labels in this process, and prints its memory")
    private boolean labelsHere;

    @Option(names = "--json", description = "print a JSON array instead of a table")
    private boolean json;

    @Mixin
    private RootOptions runs;

    @SuppressWarnings("try") // the work at the end of the process is only to be taken back
    @Override
    public Integer call() {
        Optional<RecipeOptions> options = file.map(conf -> RecipeOptions.of(spec, conf, overrides));
        Optional<Recipe> recipe = options.map(RecipeOptions::previewed);
        PrintWriter out = spec.commandLine().getOut();
        List<Finding> findings = new ArrayList<>();
        try (EndOfProcess end = Terminal.quietWhenInterrupted();
                SparkSession session = SessionSetup.start(
                        "retort doctor", recipe.map(Recipe::spark).orElse(Map.of()))) {
            if (labelsHere) {
                out.println(Json.compact(labelled(session, recipe.orElseThrow())));
                out.flush();
                return Retort.DONE;
            }
            findings.addAll(Doctor.examine(session, runs.root()));
            recipe.ifPresent(of -> findings.add(labelling(session, options.orElseThrow(), of)));
        }
        out.println(json ? Json.pretty(findings) : table(findings));
        out.flush();
        return findings.stream().anyMatch(finding -> finding.level() == Level.WRONG) ? Retort.FAILED : Retort.DONE;
    }

    private static Peak labelled(SparkSession session, Recipe recipe) {
        Storage storage = Storage.of(session.sparkContext().hadoopConfiguration());
        SparkConf conf = session.sparkContext().conf();
        int taskCores = conf.getInt(TASK_CORES, 1);
        int tasks = session.sparkContext().defaultParallelism() / taskCores;
        List<String> models = new Probe(storage, recipe, PlannedWorkload.of(recipe, storage), tasks).label(taskCores);
        return new Peak(models, PeakMemory.here());
    }

    /** In local mode as if one executor had all of its cores. */
    private Finding labelling(SparkSession session, RecipeOptions options, Recipe recipe) {
        PrintWriter err = spec.commandLine().getErr();
        err.println("measuring what labelling takes");
        err.flush();
        SparkConf conf = session.sparkContext().conf();
        int taskCores = conf.getInt(TASK_CORES, 1);
        int slots = Math.max(1, session.sparkContext().defaultParallelism() / taskCores);
        int tasks = SessionSetup.isLocal(conf)
                ? slots
                : Math.max(1, conf.getInt("spark.executor.cores", taskCores) / taskCores);
        Storage storage = Storage.of(session.sparkContext().hadoopConfiguration());
        PlannedWorkload workload = options.planned(() -> PlannedWorkload.of(recipe, storage));
        Memory planned = Memory.ofExecutor(workload.workload(), tasks, slots);
        // Not that of the session, which has a default where the launcher of a run computes it from the recipe.
        String given = recipe.spark().getOrDefault(OVERHEAD, System.getProperty(OVERHEAD));
        long overhead = given == null ? planned.overhead() : JavaUtils.byteStringAsMb(given);
        List<String> program =
                new ArrayList<>(List.of(Retort.class.getName(), "doctor", LABEL_HERE, file.orElseThrow()));
        overrides.forEach(override -> program.addAll(List.of("-D", override)));
        return new LabellingTrial(tasks, taskCores, planned).finding(overhead, program);
    }

    private static String table(List<Finding> findings) {
        return AsciiTable.builder()
                .border(AsciiTable.NO_BORDERS)
                .data(
                        findings,
                        List.of(
                                column("").with(finding -> finding.level().name()),
                                column("check").with(Finding::check),
                                column("found").with(Finding::found),
                                column("what to do").with(Finding::advice)))
                .asString();
    }

    private static Column column(String header) {
        return new Column()
                .header(header)
                .headerAlign(HorizontalAlign.LEFT)
                .dataAlign(HorizontalAlign.LEFT)
                .maxWidth(WIDTH, OverflowBehaviour.NEWLINE);
    }
}
