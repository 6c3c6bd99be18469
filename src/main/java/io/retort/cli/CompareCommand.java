package io.retort.cli;

import io.retort.report.RunComparison;
import io.retort.report.RunComparison.Paired;
import io.retort.retrain.PairedStudents;
import io.retort.run.record.RunReports;
import io.retort.run.record.RunReports.Ended;
import io.retort.spark.SessionSetup;
import io.retort.storage.EndOfProcess;
import io.retort.storage.Json;
import io.retort.storage.Storage;
import java.io.PrintWriter;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code retort compare}. */
@Command(
        name = "compare",
        mixinStandardHelpOptions = true,
        description = {
            "Puts the networks of runs side by side: score, size, cost, gain over their own baselines with its interval, verdict.",
            "It needs no Spark and no data, and says which of the figures cannot be compared. With --paired it asks the students about their held-out rows again."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:done", "1:a run has no report, or a damaged one", "2:bad usage"})
final class CompareCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private RootOptions root;

    @Option(names = "--json", description = "print a JSON object instead of a table")
    private boolean json;

    @Option(
            names = "--paired",
            description =
                    "ask each student that was measured on the same held-out rows about them again, as a job of Spark, and test it against the first student row by row (McNemar)")
    private boolean paired;

    @Parameters(
            arity = "1..*",
            paramLabel = "RUN",
            description =
                    "the directory of a run, NAME/RUN below the root, or the name of a recipe, whose newest run is meant")
    private List<String> names;

    @Override
    public Integer call() {
        RunReports reports = new RunReports(root.storage(), root.root());
        List<Ended> runs = names.stream().map(reports::named).toList();
        requireDifferent(runs);
        RunComparison told = RunComparison.of(runs.stream().map(Ended::report).toList());
        RunComparison comparison = paired ? told.with(pairs(runs)) : told;
        PrintWriter out = spec.commandLine().getOut();
        out.println(json ? Json.pretty(comparison) : comparison.text());
        out.flush();
        return Retort.DONE;
    }

    private void requireDifferent(List<Ended> runs) {
        Map<Path, String> seen = new HashMap<>();
        for (int i = 0; i < runs.size(); i++) {
            Path directory = root.storage().status(runs.get(i).directory()).getPath();
            String other = seen.put(directory, names.get(i));
            if (other != null) {
                throw new ParameterException(
                        spec.commandLine(),
                        "'" + other + "' and '" + names.get(i) + "' are the same run, " + directory
                                + "; name each run once");
            }
        }
    }

    @SuppressWarnings("try") // the work at the end of the process is only to be taken back
    private List<Paired> pairs(List<Ended> runs) {
        try (EndOfProcess end = Terminal.quietWhenInterrupted();
                SparkSession session = SessionSetup.start("retort compare")) {
            return new PairedStudents(
                            JavaSparkContext.fromSparkContext(session.sparkContext()),
                            Storage.of(session.sparkContext().hadoopConfiguration()),
                            root.root())
                    .of(runs);
        }
    }
}
