package io.retort.cli;

import io.retort.config.ConfigException;
import io.retort.spark.Build;
import io.retort.spark.FailureMessage;
import io.retort.storage.EndOfProcess;
import io.retort.storage.Lease;
import java.io.PrintWriter;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

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
            "5:another process holds the lock (retrain, models, score)",
            "130:stopped by Ctrl-C (143: by SIGTERM); started again, it goes on"
        },
        footerHeading = "%nOptions of the launcher submit-scripts/retort stand before the command:%n",
        footer = {
            "  --master MASTER    where Spark runs (or RETORT_MASTER); every core of this",
            "                     machine by default",
            "  --conf KEY=VALUE, --executor-memory SIZE, --driver-memory SIZE and the like",
            "                     as for spark-submit (or RETORT_SPARK_ARGS); on a cluster,",
            "                     memory is computed from the recipe where it is not given",
            "  --executors N      of a cluster; `retort plan` tells how many pay",
            "  --shared-files     file: paths are on a volume that every machine mounts",
            "  --dry-run          print the command line instead of running it, and on a",
            "                     cluster why it is so",
            "submit-scripts/retort-standalone, retort-yarn and retort-kubernetes do the same",
            "on clusters; see their --help.",
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

    /** The names of all commands, sorted. */
    static final List<String> COMMANDS = List.of(
            "check", "clean", "compare", "doctor", "export", "list", "models", "plan", "probe", "results", "retrain",
            "run", "score", "search", "verify");

    private Retort() {}

    public static void main(String[] arguments) {
        Build.hadoopObstacle().ifPresent(obstacle -> {
            System.err.println("retort: " + obstacle);
            System.exit(FAILED);
        });
        boolean isCommand = arguments.length > 0 && COMMANDS.contains(arguments[0]);
        // To make all of them takes longer than some do.
        int exitCode = commandLine(isCommand ? List.of(arguments[0]) : COMMANDS).execute(arguments);
        if (isWithinYarn() && (exitCode == DONE || exitCode == NOTHING_TO_DO)) {
            return; // YARN takes a driver that exits by itself for a failed one, whatever its code
        }
        System.exit(exitCode);
    }

    /** Whether this is a driver in YARN's cluster mode: a thread of the application's master. */
    private static boolean isWithinYarn() {
        return "yarn".equals(System.getProperty("spark.master"))
                && "cluster".equals(System.getProperty("spark.submit.deployMode"));
    }

    /** The program without its end of process, for tests: {@code execute} gives the exit code. */
    static CommandLine commandLine() {
        return commandLine(COMMANDS);
    }

    /** The program with some of its commands. */
    static CommandLine commandLine(List<String> names) {
        CommandLine commandLine = new CommandLine(new Retort());
        names.forEach(name -> commandLine.addSubcommand(command(name)));
        return commandLine
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler(new UsageReport())
                .setExecutionExceptionHandler(new FailureReport());
    }

    private static Object command(String name) {
        return switch (name) {
            case "check" -> new CheckCommand();
            case "clean" -> new CleanCommand();
            case "compare" -> new CompareCommand();
            case "doctor" -> new DoctorCommand();
            case "export" -> new ExportCommand();
            case "list" -> new ListCommand();
            case "models" -> new ModelsCommand();
            case "plan" -> new PlanCommand();
            case "probe" -> new ProbeCommand();
            case "results" -> new ResultsCommand();
            case "retrain" -> new RetrainCommand();
            case "run" -> new RunCommand();
            case "score" -> new ScoreCommand();
            case "search" -> new SearchCommand();
            case "verify" -> new VerifyCommand();
            default -> throw new IllegalArgumentException("no command is named '" + name + "'");
        };
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

    /** Reports a wrong command line. The help follows only where a command is missing; else it hides the message. */
    static final class UsageReport implements IParameterExceptionHandler {
        @Override
        public int handleParseException(ParameterException problem, String[] arguments) {
            CommandLine command = problem.getCommandLine();
            PrintWriter err = command.getErr();
            err.println(problem.getMessage());
            UnmatchedArgumentException.printSuggestions(problem, err);
            if (command.getSubcommands().isEmpty() || problem instanceof UnmatchedArgumentException) {
                err.println(command.getCommandSpec().qualifiedName() + " --help explains the command");
            } else {
                command.usage(err);
            }
            err.flush();
            return Retort.BAD_USAGE;
        }
    }

    /** Reports a failure in a line or two, and chooses the exit code; the stack trace is in the run's log. */
    static final class FailureReport implements IExecutionExceptionHandler {
        private static final Logger LOG = LoggerFactory.getLogger(FailureReport.class);

        @Override
        public int handleExecutionException(Exception problem, CommandLine command, ParseResult arguments) {
            if (EndOfProcess.begun()) {
                return Retort
                        .FAILED; // by Ctrl-C, say: whatever lost its Spark fails now, and the process ends with the
                // signal's code
            }
            LOG.debug("{} failed", command.getCommandName(), problem);
            PrintWriter err = command.getErr();
            // The content of a file must not steer the terminal.
            err.println(FailureMessage.of(problem).replaceAll("[\\p{Cntrl}&&[^\n\t]]", "?"));
            err.flush();
            if (problem instanceof Lease.HeldException) {
                return Retort.LOCKED;
            }
            return problem instanceof ConfigException ? Retort.BAD_USAGE : Retort.FAILED;
        }
    }
}
