package io.retort.pipeline;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.hadoop.fs.Path;

/** The directory of one run: {@code <root>/runs/<name>/<run>/}, with its manifest. */
final class RunDirectory {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss", Locale.ROOT).withZone(ZoneOffset.UTC);

    private final RunContext context;
    private final Recipe recipe;
    private final Path path;
    private final Instant started;
    private final Map<String, String> environment;
    private final String key;
    private final RunUse use;
    private final List<Manifest.Stage> stages = new ArrayList<>();

    private RunDirectory(
            RunContext context,
            Recipe recipe,
            Path path,
            Instant started,
            Map<String, String> environment,
            String key) {
        this.context = context;
        this.recipe = recipe;
        this.path = path;
        this.started = started;
        this.environment = environment;
        this.key = key;
        this.use = new RunUse(context, path);
    }

    /**
     * Makes the directory of a run that starts now, and its first manifest.
     *
     * @param key of all that the run's results depend on
     */
    static RunDirectory create(RunContext context, Recipe recipe, Map<String, String> environment, String key) {
        Instant now = context.clock().instant();
        Path runs = new Path(context.root(), "runs/" + recipe.name());
        Path path = new Path(runs, TIME.format(now));
        for (int again = 2; !context.storage().claim(path); again++) {
            path = new Path(runs, TIME.format(now) + "-" + again);
        }
        RunDirectory directory = new RunDirectory(context, recipe, path, now, environment, key);
        directory.writeManifest(Manifest.Status.RUNNING, "", "");
        return directory;
    }

    Path path() {
        return path;
    }

    Path file(String name) {
        return new Path(path, name);
    }

    String run() {
        return path.getName();
    }

    String started() {
        return started.toString();
    }

    Map<String, String> environment() {
        return environment;
    }

    /** Where the run says what it is going to look for in the store. */
    RunUse use() {
        return use;
    }

    /** Whether every network was taken from the store. */
    boolean trainedNothing() {
        return stages.stream().allMatch(stage -> stage.outcome() == Manifest.Outcome.REUSED);
    }

    void stage(Manifest.Stage stage) {
        stages.add(stage);
        writeManifest(Manifest.Status.RUNNING, "", "");
    }

    void done() {
        writeManifest(Manifest.Status.DONE, context.clock().instant().toString(), "");
    }

    void failed(String problem) {
        writeManifest(Manifest.Status.FAILED, context.clock().instant().toString(), problem);
    }

    void writeJson(String name, Object content) {
        context.storage().write(file(name), RunJson.bytes(content));
    }

    void writeText(String name, String content) {
        context.storage().write(file(name), content.getBytes(StandardCharsets.UTF_8));
    }

    private void writeManifest(Manifest.Status status, String finished, String problem) {
        writeJson(
                "manifest.json",
                new Manifest(
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
                        Kinds.canonical().text(recipe)));
    }
}
