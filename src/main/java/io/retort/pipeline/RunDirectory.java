package io.retort.pipeline;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import org.apache.hadoop.fs.Path;

/** The directory of one run: {@code <root>/runs/<name>/<run>/}, with its manifest. */
final class RunDirectory {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final ObjectWriter JSON = new ObjectMapper()
            .registerModule(new SimpleModule().addSerializer(OptionalDouble.class, new NumberOrNull()))
            .writerWithDefaultPrettyPrinter();

    private final RunContext context;
    private final Recipe recipe;
    private final Path path;
    private final Instant started;
    private final Map<String, String> environment;
    private final List<Manifest.Stage> stages = new ArrayList<>();

    private RunDirectory(
            RunContext context, Recipe recipe, Path path, Instant started, Map<String, String> environment) {
        this.context = context;
        this.recipe = recipe;
        this.path = path;
        this.started = started;
        this.environment = environment;
    }

    /** Makes the directory of a run that starts now, and its first manifest. */
    static RunDirectory create(RunContext context, Recipe recipe, Map<String, String> environment) {
        Instant now = context.clock().instant();
        Path runs = new Path(context.root(), "runs/" + recipe.name());
        Path path = new Path(runs, TIME.format(now));
        for (int again = 2; context.storage().exists(path); again++) {
            path = new Path(runs, TIME.format(now) + "-" + again);
        }
        RunDirectory directory = new RunDirectory(context, recipe, path, now, environment);
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
        context.storage().write(file(name), json(content));
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
                        status,
                        started(),
                        finished,
                        List.copyOf(stages),
                        problem,
                        environment,
                        Kinds.canonical().text(recipe)));
    }

    /** Jackson alone writes an OptionalDouble as an object with its getters. */
    private static final class NumberOrNull extends StdSerializer<OptionalDouble> {
        private static final long serialVersionUID = 1L;

        NumberOrNull() {
            super(OptionalDouble.class);
        }

        @Override
        public void serialize(OptionalDouble value, JsonGenerator json, SerializerProvider provider)
                throws IOException {
            if (value.isPresent()) {
                json.writeNumber(value.getAsDouble());
            } else {
                json.writeNull();
            }
        }
    }

    private static byte[] json(Object content) {
        try {
            return (JSON.writeValueAsString(content) + "\n").getBytes(StandardCharsets.UTF_8);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("cannot write " + content.getClass().getSimpleName() + " as JSON", e);
        }
    }
}
