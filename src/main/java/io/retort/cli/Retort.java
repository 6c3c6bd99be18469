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
        exitCodeList = {
            "0:done",
            "1:failed",
            "2:bad configuration or usage; nothing was run",
            "3:nothing to do (retrain)",
            "4:the challenger was refused (retrain)",
            "5:another process holds the lock (retrain, models)",
            "130:stopped by Ctrl-C (143: by SIGTERM); started again, it goes on"
        },
        footerHeading = "%nOptions of the launcher submit-scripts/retort stand before the command:%n",
        footer = {
            "  --master MASTER       where Spark runs; every core of this machine by default (or RETORT_MASTER)",
            "  --conf KEY=VALUE, --executor-memory SIZE, --driver-memory SIZE and the like, as for spark-submit",
            "                        (or RETORT_SPARK_ARGS); on a cluster, memory is computed from the recipe where it is not given",
            "  --executors N         of a cluster; `retort plan` tells how many pay",
            "  --shared-files        file: paths are on a volume that every machine mounts",
            "  --dry-run             print the command line instead of running it, and on a cluster why it is so",
            "submit-scripts/retort-standalone, retort-yarn and retort-kubernetes do the same on clusters; see their --help.",
            "",
            "`retort COMMAND --help` explains a command."
        })
public final class Retort {
    static final int DONE = 0;
    static final int FAILED = 1;
    static final int BAD_USAGE = 2;
    static final int NOTHING_TO_DO = 3;
    static final int REFUSED = 4;
    static final int LOCKED = 5;

    private Retort() {}

    public static void main(String[] arguments) {
        int exitCode = commandLine().execute(arguments);
        if (isWithinYarn() && (exitCode == DONE || exitCode == NOTHING_TO_DO)) {
            return; // YARN takes a driver that exits by itself for a failed one, whatever its code
        }
        System.exit(exitCode);
    }

    /** Whether this is a driver in YARN's cluster mode: a thread of the application's master, which ends the process itself. */
    private static boolean isWithinYarn() {
        return "yarn".equals(System.getProperty("spark.master"))
                && "cluster".equals(System.getProperty("spark.submit.deployMode"));
    }

    /** The program without its end of process, for tests: {@code execute} gives the exit code. */
    static CommandLine commandLine() {
        CommandLine commandLine = new CommandLine(new Retort());
        commands().forEach(commandLine::addSubcommand);
        return commandLine
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler(new UsageReport())
                .setExecutionExceptionHandler(new FailureReport());
    }

    /** Every command, sorted by name. */
    private static List<Object> commands() {
        return List.of(
                new CheckCommand(),
                new CleanCommand(),
                new DoctorCommand(),
                new ListCommand(),
                new ModelsCommand(),
                new PlanCommand(),
                new ResultsCommand(),
                new RetrainCommand(),
                new RunCommand());
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
