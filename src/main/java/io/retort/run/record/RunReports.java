package io.retort.run.record;

import io.retort.report.Report;
import io.retort.storage.ArtifactException;
import io.retort.storage.Json;
import io.retort.storage.Storage;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.fs.Path;

/** The reports of the runs under a root. */
public final class RunReports {
    static final String REPORT = "report.json";

    private final Storage storage;
    private final Path runs;

    public RunReports(Storage storage, Path root) {
        this.storage = storage;
        this.runs = new Path(root, "runs");
    }

    /** A run that has a report. */
    public record Ended(Path directory, Report report) {}

    /**
     * The report of the newest run of a recipe that has one.
     *
     * @param name of the recipe
     */
    public Optional<Report> find(String name) {
        return ended(name).map(Ended::report);
    }

    private Optional<Ended> ended(String name) {
        Path directory = new Path(runs, name);
        return names(directory).stream()
                .sorted(Comparator.reverseOrder())
                .map(run -> new Path(directory, run))
                .flatMap(run -> Json.find(storage, new Path(run, REPORT), Report.class).stream()
                        .map(report -> new Ended(run, report)))
                .findFirst();
    }

    /**
     * A run.
     *
     * @param run the run's directory, {@code name/run} below the root, or a recipe's name, whose newest run is meant
     */
    public Ended named(String run) {
        for (Path directory : List.of(new Path(run), new Path(runs, run))) {
            Path report = new Path(directory, REPORT);
            if (storage.exists(report)) {
                return new Ended(directory, Json.parse(storage.read(report), report, Report.class));
            }
        }
        return required(run);
    }

    /** That report; there must be one. */
    public Report newest(String name) {
        return required(name).report();
    }

    private Ended required(String name) {
        return ended(name).orElseThrow(() -> {
            List<String> others = names(runs);
            return new ArtifactException("no run of '" + name + "' with a report under " + runs + "; there are "
                    + (others.isEmpty() ? "no runs" : "runs of " + others) + "; another --root, or run it first");
        });
    }

    private List<String> names(Path directory) {
        return storage.list(directory).stream()
                .map(file -> file.getPath().getName())
                .sorted()
                .toList();
    }
}
