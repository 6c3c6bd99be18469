package io.retort.cli;

import com.github.freva.asciitable.AsciiTable;
import com.github.freva.asciitable.Column;
import com.github.freva.asciitable.HorizontalAlign;
import com.github.freva.asciitable.OverflowBehaviour;
import io.retort.spark.Doctor;
import io.retort.spark.Doctor.Finding;
import io.retort.spark.Doctor.Finding.Level;
import io.retort.spark.SessionSetup;
import io.retort.storage.EndOfProcess;
import io.retort.storage.Json;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code retort doctor}. */
@Command(
        name = "doctor",
        mixinStandardHelpOptions = true,
        description = {
            "Examines Java, Spark, the native libraries, memory and storage, and says what to do about what it finds.",
            "SLOW findings cost time or risk running out of memory; WRONG ones would make a run fail, and `run` refuses them."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:nothing is wrong", "1:something is wrong", "2:bad usage"})
final class DoctorCommand implements Callable<Integer> {
    private static final int WIDTH = 60;

    @Spec
    private CommandSpec spec;

    @Option(names = "--json", description = "print a JSON array instead of a table")
    private boolean json;

    @Mixin
    private RootOptions runs;

    @SuppressWarnings("try") // the work at the end of the process is only to be taken back
    @Override
    public Integer call() {
        List<Finding> findings;
        try (EndOfProcess end = Terminal.quietWhenInterrupted();
                SparkSession session = SessionSetup.start("retort doctor")) {
            findings = Doctor.examine(session, runs.root());
        }
        PrintWriter out = spec.commandLine().getOut();
        out.println(json ? Json.pretty(findings) : table(findings));
        out.flush();
        return findings.stream().anyMatch(finding -> finding.level() == Level.WRONG) ? Retort.FAILED : Retort.DONE;
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
