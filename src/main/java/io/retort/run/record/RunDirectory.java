package io.retort.run.record;

import io.retort.recipe.Kinds;
import io.retort.recipe.Recipe;
import io.retort.report.HtmlReport;
import io.retort.report.Report;
import io.retort.storage.EndOfProcess;
import io.retort.storage.Json;
import io.retort.storage.Lease;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.fs.Path;

/** The directory of one run: {@code <root>/runs/<name>/<run>/}, with its manifest. */
public final class RunDirectory implements AutoCloseable {
    public static final String MANIFEST = "manifest.json";

    /** The report as a page. */
    public static final String PAGE = "report.html";

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss", Locale.ROOT).withZone(ZoneOffset.UTC);

    private final RunContext context;
    private final Recipe recipe;
    private final Path path;
    private final Instant started;
    private final Map<String, String> environment;
    private final String key;
    private final Lease lease;
    private final RunReferences use;
    private final List<Manifest.Stage> stages = new ArrayList<>();
    private final EpochMetrics metrics;
    private final EndOfProcess end;
    private final Map<String, String> begun = new LinkedHashMap<>();
    private Optional<Report> report = Optional.empty();
    private boolean ended;

    /** A directory that nobody else has. */
    private record Claim(Path path, Lease lease) {}

    private RunDirectory(
            RunContext context,
            Recipe recipe,
            Claim claim,
            Instant started,
            Map<String, String> environment,
            String key) {
        this.context = context;
        this.recipe = recipe;
        this.path = claim.path();
        this.started = started;
        this.environment = environment;
        this.key = key;
        this.lease = claim.lease();
        this.use = new RunReferences(context, path);
        this.metrics = new EpochMetrics(context, path);
        this.end = EndOfProcess.next(this::stopped);
    }

    /**
     * Makes the directory of a run that starts now, and its first manifest.
     *
     * @param key of all that the run's results depend on
     */
    public static RunDirectory create(RunContext context, Recipe recipe, Map<String, String> environment, String key) {
        Instant now = context.clock().instant().truncatedTo(ChronoUnit.SECONDS);
        Path runs = new Path(context.root(), "runs/" + recipe.name());
        for (int again = 1; ; again++) {
            Path path = new Path(runs, TIME.format(now) + (again == 1 ? "" : "-" + again));
            Optional<Claim> claim = take(context, path);
            if (claim.isPresent()) {
                return begin(new RunDirectory(context, recipe, claim.get(), now, environment, key));
            }
        }
    }

    /** The directory, if nobody was there before; two runs may begin in one second. */
    private static Optional<Claim> take(RunContext context, Path path) {
        if (context.storage().exists(path)) {
            return Optional.empty();
        }
        try {
            Lease lease =
                    Lease.acquire(context.storage(), lease(path), "retort run", Lease.Terms.USUAL, context.clock());
            return Optional.of(new Claim(path, lease));
        } catch (Lease.HeldException e) {
            return Optional.empty();
        }
    }

    private static RunDirectory begin(RunDirectory directory) {
        try {
            directory.writeManifest(Manifest.Status.RUNNING, "", "");
            return directory;
        } catch (RuntimeException e) {
            directory.close();
            throw e;
        }
    }

    /** The lease that a run holds while it lives. */
    public static Path lease(Path run) {
        return new Path(run, "lease");
    }

    @Override
    public void close() {
        end.close();
        lease.close();
    }

    public Path path() {
        return path;
    }

    public Path file(String name) {
        return new Path(path, name);
    }

    public String run() {
        return path.getName();
    }

    public String started() {
        return started.toString();
    }

    public Map<String, String> environment() {
        return environment;
    }

    /** The epochs of the run's trainings. */
    public EpochMetrics metrics() {
        return metrics;
    }

    /** Where the run announces the entries that it is going to look for in the store. */
    public RunReferences use() {
        return use;
    }

    /** Whether every network was taken from the store. */
    public synchronized boolean trainedNothing() {
        return stages.stream().allMatch(stage -> stage.outcome() == Manifest.Outcome.REUSED);
    }

    /** Notes that another start would begin this training again. */
    public synchronized void begins(String title) {
        begun.put(title, "");
    }

    /** Notes after which epoch of a training another start would go on. */
    public synchronized void goesOnAfter(String title, int epoch, int epochs) {
        begun.put(title, "epoch " + epoch + " of " + epochs);
    }

    /** What another start would do, as a clause. */
    synchronized String resumption() {
        List<String> after = begun.entrySet().stream()
                .filter(training -> !training.getValue().isEmpty())
                .map(training -> training.getValue() + " (train " + training.getKey() + ")")
                .toList();
        List<String> again = begun.entrySet().stream()
                .filter(training -> training.getValue().isEmpty())
                .map(training -> "train " + training.getKey())
                .toList();
        if (begun.isEmpty()) {
            return "it goes on where it was";
        }
        return "it " + (after.isEmpty() ? "" : "goes on after " + listed(after))
                + (after.isEmpty() || again.isEmpty() ? "" : ", and ")
                + (again.isEmpty() ? "" : "begins again to " + listed(again));
    }

    /** {@code a}, {@code a and b}, {@code a, b and c}. */
    private static String listed(List<String> names) {
        int last = names.size() - 1;
        return last == 0 ? names.get(0) : String.join(", ", names.subList(0, last)) + " and " + names.get(last);
    }

    public synchronized void stage(Manifest.Stage stage) {
        stages.add(stage);
        begun.remove(stage.name());
        if (!ended) {
            writeManifest(Manifest.Status.RUNNING, "", "");
        }
    }

    /** Writes what the run has found. */
    public synchronized void report(Report made) {
        report = Optional.of(made);
        writeJson(RunReports.REPORT, made);
        writeText(PAGE, HtmlReport.of(made));
    }

    /**
     * Writes that the run has ended well.
     *
     * @throws io.retort.storage.Lease.LostException if a cleaning took this run for dead, and may have removed its
     *     files
     */
    public synchronized void done() {
        lease.requireHeld();
        writeManifest(Manifest.Status.DONE, now(), "");
        ended = true;
    }

    /** What fails while the process is being ended is no failure of the run. */
    public synchronized void failed(String problem) {
        if (!ended) {
            ended = true;
            writeManifest(Manifest.Status.FAILED, now(), problem);
        }
    }

    /** The process is being ended from outside. */
    private synchronized void stopped() {
        if (!ended) {
            ended = true;
            String sentence = "stopped; start it again, " + resumption();
            context.progress().say(sentence);
            writeManifest(Manifest.Status.STOPPED, now(), sentence);
        }
    }

    private String now() {
        return context.clock().instant().truncatedTo(ChronoUnit.SECONDS).toString();
    }

    public void writeJson(String name, Object content) {
        context.storage().write(file(name), Json.file(content));
    }

    public void writeText(String name, String content) {
        context.storage().write(file(name), content.getBytes(StandardCharsets.UTF_8));
    }

    private void writeManifest(Manifest.Status status, String finished, String problem) {
        if (status != Manifest.Status.RUNNING) {
            metrics.write();
        }
        Manifest manifest = new Manifest(
                Manifest.VERSION,
                recipe.name(),
                run(),
                key,
                status,
                started(),
                finished,
                List.copyOf(stages),
                problem,
                environment,
                Kinds.canonical().text(recipe));
        writeJson(MANIFEST, manifest);
        context.storage().write(file(RunGauges.FILE), RunGauges.of(manifest, report));
    }
}
