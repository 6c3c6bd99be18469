package io.retort.cli;

import io.retort.report.Report;
import io.retort.run.RecipeRun;
import io.retort.run.progress.Progress;
import io.retort.run.progress.ProgressLines;
import io.retort.spark.Doctor.Finding;
import io.retort.storage.EndOfProcess;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.apache.hadoop.fs.Path;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.config.Configurator;
import org.apache.spark.util.SignalUtils;
import scala.runtime.AbstractFunction0;

/** The output of commands about their own work. */
final class Terminal {
    private static final Duration BETWEEN_LINES = Duration.ofSeconds(10);

    /** 128 and the number of the signal, as shells have it. */
    private static final int INTERRUPTED = 130;

    private Terminal() {}

    /** Bars on a terminal, lines where output goes to a file or a scheduler. */
    @SuppressWarnings("SystemConsoleNull") // Java 17, which the build demands, gives null where there is no terminal
    static Progress progress(PrintWriter err) {
        if (System.console() != null) {
            return new ProgressBars(System.err);
        }
        return new ProgressLines(
                line -> {
                    err.println(line);
                    err.flush();
                },
                Clock.systemUTC(),
                BETWEEN_LINES);
    }

    /** Prints the warnings of a run, one line each. */
    static void warn(Report report, PrintWriter out) {
        report.warnings().forEach(sentence -> out.println("warning: " + sentence));
    }

    /** Prints where the files of a run are that people look for. */
    static void files(RecipeRun.Result run, PrintWriter out) {
        out.println("report: " + run.page());
        out.println(students(run.students()));
    }

    /** One line, however many there are. */
    private static String students(List<Path> files) {
        return switch (files.size()) {
            case 0 -> "no students";
            case 1 -> "student: " + files.get(0);
            default -> files.size() + " students: " + new Path(files.get(0).getParent(), "student-*.onnx");
        };
    }

    /** Prints findings that are not OK; whether one of them would make the run go wrong. */
    static boolean refuses(List<Finding> findings, PrintWriter err) {
        boolean wrong = false;
        for (Finding finding : findings) {
            if (finding.level() != Finding.Level.OK) {
                err.println(finding.level() + " " + finding.check() + ": " + finding.found() + "; " + finding.advice());
                wrong |= finding.level() == Finding.Level.WRONG;
            }
        }
        err.flush();
        return wrong;
    }

    /**
     * Prepares for an end by Ctrl-C, of which the terminal shows nothing of Spark, which reports its own end as errors.
     * A second Ctrl-C ends the process at once.
     *
     * @return to be closed when there is nothing more to interrupt
     */
    static EndOfProcess quietWhenInterrupted() {
        return EndOfProcess.first(() -> {
            Configurator.setAllLevels("", Level.OFF);
            // Scala prints what its thread pools reject as they end; what the program itself still prints has the
            // stream already.
            System.setErr(new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8));
            SignalUtils.register("INT", new AbstractFunction0<Object>() {
                @Override
                public Object apply() {
                    Runtime.getRuntime().halt(INTERRUPTED);
                    return true;
                }
            });
        });
    }
}
