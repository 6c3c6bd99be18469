package io.retort.cli;

import io.retort.report.RunComparison;
import io.retort.run.record.RunReports;
import io.retort.storage.Json;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code retort compare}. */
@Command(
        name = "compare",
        mixinStandardHelpOptions = true,
        description = {
            "Puts the networks of runs side by side: score, size, cost, gain over their own baselines with its interval, verdict.",
            "It needs no Spark and no data, and says which of the figures cannot be compared."
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

    @Parameters(
            arity = "1..*",
            paramLabel = "RUN",
            description =
                    "the directory of a run, NAME/RUN below the root, or the name of a recipe, whose newest run is meant")
    private List<String> names;

    @Override
    public Integer call() {
        RunReports reports = new RunReports(root.storage(), root.root());
        RunComparison comparison =
                RunComparison.of(names.stream().map(reports::named).toList());
        PrintWriter out = spec.commandLine().getOut();
        out.println(json ? Json.pretty(comparison) : comparison.text());
        out.flush();
        return Retort.DONE;
    }
}
