package io.retort.cli;

import io.retort.spark.Build;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;

/** The program {@code retort}. */
@Command(
        name = "retort",
        mixinStandardHelpOptions = true,
        versionProvider = Retort.Version.class,
        sortOptions = false,
        description = "Distils a large teacher into a small, fast student on Apache Spark.",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:done", "1:failed", "2:bad configuration or usage; nothing was run"},
        footerHeading = "%nOptions of the launcher submit-scripts/retort stand before the command:%n",
        footer = {
            "  --master MASTER       where Spark runs; every core of this machine by default (or RETORT_MASTER)",
            "  --conf KEY=VALUE, --executor-memory SIZE, --driver-memory SIZE and the like, as for spark-submit",
            "                        (or RETORT_SPARK_ARGS)",
            "  --dry-run             print the command line instead of running it",
            "",
            "`retort COMMAND --help` explains a command."
        })
public final class Retort {
    static final int DONE = 0;
    static final int FAILED = 1;
    static final int BAD_USAGE = 2;

    private Retort() {}

    public static void main(String[] arguments) {
        System.exit(commandLine().execute(arguments));
    }

    /** The program without its end of process, for tests: {@code execute} gives the exit code. */
    static CommandLine commandLine() {
        CommandLine commandLine = new CommandLine(new Retort());
        commands().forEach(commandLine::addSubcommand);
        return commandLine.setCaseInsensitiveEnumValuesAllowed(true).setExecutionExceptionHandler(new FailureReport());
    }

    /** Every command, sorted by name. */
    private static List<Object> commands() {
        return List.of(new CheckCommand(), new DoctorCommand(), new RunCommand());
    }

    /** What {@code retort --version} prints. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            Build build = Build.current();
            return new String[] {
                "retort " + build.version() + " (Spark " + build.sparkVersion() + ", Scala " + build.scalaVersion()
                        + ")"
            };
        }
    }
}
