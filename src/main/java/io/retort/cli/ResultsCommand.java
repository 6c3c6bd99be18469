package io.retort.cli;

import io.retort.report.ResultsTable;
import io.retort.run.record.RunReports;
import io.retort.spark.SessionSetup;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code retort results}. */
@Command(
        name = "results",
        mixinStandardHelpOptions = true,
        description = {
            "Prints the results of the newest run of a recipe as a Markdown table, or writes them into a page.",
            "A page has a place for them between two lines: <!-- results NAME: begin --> and <!-- results NAME: end -->."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:done", "1:failed", "2:bad usage"})
final class ResultsCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private RootOptions runs;

    @Option(names = "--into", paramLabel = "PAGE", description = "replaces them in this Markdown file")
    private Optional<java.nio.file.Path> page = Optional.empty();

    @Parameters(paramLabel = "NAME", description = "the recipe's name")
    private String name;

    @Override
    public Integer call() throws IOException {
        String table = ResultsTable.of(new RunReports(SessionSetup.storage(), runs.root()).newest(name));
        if (page.isPresent()) {
            replace(page.get(), table);
        } else {
            PrintWriter out = spec.commandLine().getOut();
            out.print(table);
            out.flush();
        }
        return Retort.DONE;
    }

    private void replace(java.nio.file.Path file, String table) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new ParameterException(spec.commandLine(), "--into: there is no file " + file);
        }
        String text = Files.readString(file);
        String begin = "<!-- results " + name + ": begin -->\n";
        String end = "<!-- results " + name + ": end -->";
        int from = text.indexOf(begin);
        int to = text.indexOf(end);
        if (from < 0 || to < from) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--into: " + file + " needs the two lines '" + begin.strip() + "' and '" + end + "'");
        }
        Files.writeString(file, text.substring(0, from + begin.length()) + "\n" + table + "\n" + text.substring(to));
    }
}
