package io.retort.run;

import io.retort.recipe.Recipe;
import io.retort.report.Report;
import io.retort.report.StudentSection;
import io.retort.run.progress.Progress;
import io.retort.run.progress.ProgressLines;
import io.retort.run.progress.Stopwatch;
import io.retort.run.record.HostInfo;
import io.retort.run.record.ReusableRun;
import io.retort.run.record.RunContext;
import io.retort.run.record.RunDirectory;
import io.retort.run.record.RunLog;
import io.retort.run.record.RunLog.LoggedEvents;
import io.retort.run.record.RunLog.RunFailedException;
import io.retort.spark.FailureMessage;
import io.retort.spark.PeakMemory;
import io.retort.storage.ArtifactException;
import io.retort.storage.EndOfProcess;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * One execution of a recipe: its directory, log and manifest from the first line to the last, and {@link RunStages} in
 * between.
 *
 * <p>A run whose result an earlier one has already does nothing; one that was killed goes on when it is started again.
 */
public final class RecipeRun {
    private static final Duration BETWEEN_LINES_OF_THE_LOG = Duration.ofSeconds(30);

    /** How often a run begins again because its store lost something; a disk that loses more is not to be used. */
    private static final int MOST_MENDINGS = 3;

    private final JavaSparkContext spark;
    private final RunContext context;
    private final Recipe recipe;
    private final Optional<Challenge> challenge;
    private final RunLog log;
    private final Warnings warnings;
    private final Stopwatch stopwatch;

    public RecipeRun(JavaSparkContext spark, RunContext context, Recipe recipe) {
        this(spark, context, recipe, Optional.empty());
    }

    /** @param challenge what becomes of the recipe's only student, where it is not trained for its own sake */
    public RecipeRun(JavaSparkContext spark, RunContext context, Recipe recipe, Optional<Challenge> challenge) {
        this.spark = spark;
        this.log = new RunLog(context.storage(), context.clock());
        Progress logged = new ProgressLines(log::say, context.clock(), BETWEEN_LINES_OF_THE_LOG);
        this.warnings = new Warnings(new Progress.All(List.of(context.progress(), logged)));
        this.context = new RunContext(context.storage(), context.root(), context.clock(), warnings, context.latency());
        this.recipe = recipe;
        this.challenge = challenge;
        this.stopwatch = new Stopwatch(context.clock());
    }

    /**
     * What a run left.
     *
     * @param directory of the run, or of an earlier one with the same result
     */
    public record Result(Path directory, Report report, Work work) {
        private static Result of(ReusableRun earlier) {
            return new Result(earlier.directory(), earlier.report(), Work.NONE);
        }

        /** The report as a page for a browser. */
        public Path page() {
            return new Path(directory, RunDirectory.PAGE);
        }

        /** The ONNX files of the students, of each seed one, or of the challenger. */
        public List<Path> students() {
            return Stream.concat(
                            report.students().stream().map(StudentSection::export),
                            report.challenges().stream().map(Report.ChallengeSection::export))
                    .map(export -> new Path(directory, export.path()))
                    .toList();
        }
    }

    /** Whether a run had something to do. */
    public enum Work {
        /** Something was labelled, trained or measured. */
        DONE,
        /** All was in the store, and the run's directory was made of it. */
        ALL_REUSED,
        /** An earlier run has the result already; no directory was made. */
        NONE
    }

    /**
     * The result that an earlier run has already, as far as that can be told without Spark.
     *
     * @param context of which nobody is told anything
     */
    public static Optional<Result> known(RunContext context, Recipe recipe) {
        try {
            return ReusableRun.key(context, recipe)
                    .flatMap(key -> ReusableRun.find(context, recipe.name(), key))
                    .map(Result::of);
        } catch (ArtifactException | IllegalArgumentException | UncheckedIOException e) {
            return Optional.empty(); // it fails the run's stages too, which have a log to tell it in
        }
    }

    /**
     * Runs all stages. What fails is written in the manifest and in the run's log.
     *
     * @throws RunFailedException with what failed as its cause
     */
    public Result execute() {
        String key = challenge.map(Challenge::key).orElseGet(() -> key(replicas()));
        Optional<ReusableRun> earlier =
                challenge.isPresent() ? Optional.empty() : ReusableRun.find(context, recipe.name(), key);
        return earlier.map(Result::of)
                .orElseGet(() -> in(key, (directory, memory) -> {
                    Report made = mended(() -> stages(directory, memory).report());
                    ResultWarnings.of(made).forEach(warnings::warn);
                    Report report = made.with(warnings.sentences());
                    directory.report(report);
                    return new Result(directory.path(), report, work(directory, report));
                }));
    }

    /**
     * Runs the stages up to the soft labels, and then a search for students instead of the recipe's own.
     *
     * @param key of all that the result depends on
     * @throws RunFailedException with what failed as its cause
     */
    public <T> T search(String key, Function<CandidateStage, T> search) {
        return in(
                key,
                (directory, memory) ->
                        mended(() -> search.apply(stages(directory, memory).candidates())));
    }

    private RunStages stages(RunDirectory directory, PeakMemory memory) {
        return new RunStages(new RunScope(spark, context, recipe, directory, stopwatch, memory), challenge, replicas());
    }

    private int replicas() {
        return recipe.trainer().replicas().orElseGet(spark::defaultParallelism);
    }

    /** Does work in a directory of its own. */
    private <T> T in(String key, BiFunction<RunDirectory, PeakMemory, T> work) {
        RunDirectory directory = RunDirectory.create(context, recipe, HostInfo.environment(spark, replicas()), key);
        log.keepIn(directory.file("log"));
        directory.environment().forEach((name, value) -> log.note(name + ": " + value));
        LoggedEvents events = LoggedEvents.to(log::note);
        String tag = RunScope.tag(recipe, directory);
        spark.sc().addJobTag(tag);
        try (PeakMemory memory = PeakMemory.watch(spark)) {
            T result = work.apply(directory, memory);
            directory.done();
            log.say("done");
            return result;
        } catch (RuntimeException | Error e) {
            if (!EndOfProcess.begun()) {
                log.failed(e);
            }
            RunFailedException failure = new RunFailedException(e, directory.file("log"));
            try {
                directory.failed(FailureMessage.of(e));
            } catch (RuntimeException unwritable) {
                failure.addSuppressed(unwritable); // a full disk, say, which is what failed the run
            }
            throw failure;
        } finally {
            spark.sc().removeJobTag(tag);
            events.close();
            directory.close();
        }
    }

    /**
     * What keeps the key from being found out fails the run's stages too, which have a log to tell it in; until then no
     * run has the key.
     */
    private String key(int replicas) {
        try {
            return ReusableRun.key(context, recipe, replicas);
        } catch (ArtifactException | IllegalArgumentException | UncheckedIOException e) {
            return "";
        }
    }

    private Work work(RunDirectory directory, Report report) {
        boolean reused = directory.trainedNothing()
                && report.cache().labelled() == 0
                && !report.timings().containsKey("evaluate");
        return reused ? Work.ALL_REUSED : Work.DONE;
    }

    /** Where the store has lost something, the stages begin again: they make what is missing, and use what is there. */
    private <T> T mended(Supplier<T> stages) {
        for (int mendings = 0; ; mendings++) {
            try {
                return stages.get();
            } catch (ArtifactException.Lost e) {
                if (mendings == MOST_MENDINGS) {
                    throw e;
                }
                context.progress().say("the stages begin again, since " + e.getMessage());
            }
        }
    }

    /**
     * Progress that keeps what it warns of, for the report. What is warned of again, as when stages begin again, is
     * said once.
     */
    static final class Warnings implements Progress {
        private final Progress shown;
        private final Set<String> sentences = new LinkedHashSet<>();

        Warnings(Progress shown) {
            this.shown = shown;
        }

        /** The sentences, first to last. */
        synchronized List<String> sentences() {
            return new ArrayList<>(sentences);
        }

        @Override
        public synchronized void warn(String sentence) {
            if (sentences.add(sentence)) {
                shown.warn(sentence);
            }
        }

        @Override
        public Stage begin(String name, String unit, long total) {
            return shown.begin(name, unit, total);
        }

        @Override
        public void together(String sentence) {
            shown.together(sentence);
        }

        @Override
        public void say(String line) {
            shown.say(line);
        }
    }
}
