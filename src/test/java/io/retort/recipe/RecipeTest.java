package io.retort.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.retort.config.ConfigException;
import io.retort.config.ConfigException.Problem;
import io.retort.config.ConfigSource;
import io.retort.distill.loss.Losses;
import io.retort.run.RecipeRun;
import io.retort.run.SmallRun;
import io.retort.run.progress.ProgressLines;
import io.retort.run.record.RunContext;
import io.retort.run.record.RunLog.RunFailedException;
import io.retort.spark.LocalSpark;
import io.retort.spark.RecipeSettings;
import io.retort.storage.Storage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Recipes that are wrong as a whole, or by somebody who means harm. */
class RecipeTest {
    @TempDir
    private Path directory;

    @Test
    void saysAllThatIsWrongAtOnce() throws IOException {
        String recipe = SmallRun.in(directory).recipe("n", "[]", SmallRun.CONV)
                + "students = ${students} [{ name = conv, architecture = mlp, losses = [soft-targt] }]\n"
                + "spark { spark.jars = \"s3a://elsewhere/evil.jar\", spark.plugins = evil.Plugin, spark.task.cpus = 1 }\n";
        assertThatThrownBy(() -> SmallRun.bound(recipe))
                .isInstanceOfSatisfying(
                        ConfigException.class,
                        refusal -> assertThat(refusal.problems())
                                .extracting(problem -> problem.path() + ": " + problem.message())
                                .contains(
                                        "seeds: must name at least one seed, such as [1]",
                                        "spark.spark.jars: " + refusal("spark.jars"),
                                        "spark.spark.plugins: " + refusal("spark.plugins"),
                                        "students[1].losses[0]: unknown kind 'soft-targt'; did you mean 'soft-target'? losses can be"
                                                + " " + String.join(", ", Losses.CATALOGUE.names())));
    }

    @Test
    void aStudentLacksNameAndArchitectureAtOnce() throws IOException {
        String recipe = SmallRun.in(directory).recipe("n", "[1]", "{ losses = [soft-target] }");
        assertThatThrownBy(() -> SmallRun.bound(recipe))
                .isInstanceOfSatisfying(
                        ConfigException.class,
                        refusal -> assertThat(refusal.problems())
                                .extracting(Problem::path)
                                .containsExactly("students[0].name", "students[0].architecture"));
    }

    @Test
    void aNumberOfALossMayMoveAndAPlainOneReadsAsBefore() throws IOException {
        assertThat(loss("{ kind = soft-target, weight = 0.5 }"))
                .isEqualTo("{\"kind\":\"soft-target\",\"weight\":0.5,\"temperature\":4}");
        assertThat(
                        loss(
                                "{ kind = soft-target, weight { kind = warm-up, to = 2 }, temperature { kind = constant, value = 3 } }"))
                .isEqualTo(
                        "{\"kind\":\"soft-target\",\"weight\":{\"kind\":\"warm-up\",\"from\":0,\"to\":2,\"share\":0.1},"
                                + "\"temperature\":3}");
        assertThatThrownBy(() ->
                        loss("{ kind = soft-target, weight = fast, temperature { kind = linear, from = 4, to = 0 } }"))
                .isInstanceOfSatisfying(
                        ConfigException.class,
                        refusal -> assertThat(refusal.problems())
                                .extracting(problem -> problem.path() + ": " + problem.message())
                                .contains(
                                        "students[0].losses[0].weight: unknown kind 'fast'; courses can be a number, constant, cosine,"
                                                + " linear, warm-up"));
        assertThatThrownBy(() -> loss("{ kind = soft-target, temperature { kind = linear, from = 4, to = 0 } }"))
                .isInstanceOfSatisfying(
                        ConfigException.class,
                        refusal -> assertThat(refusal.problems())
                                .extracting(problem -> problem.path() + ": " + problem.message())
                                .containsExactly("students[0].losses[0].temperature: must be finite and > 0, was 0.0"));
        assertThatThrownBy(() -> loss("{ kind = soft-target, temperature = 0 }"))
                .hasMessageContaining("students[0].losses[0].temperature: must be finite and > 0, was 0.0");
    }

    private String loss(String written) throws IOException {
        Recipe recipe = SmallRun.bound(SmallRun.in(directory).recipe("n", "[1]")
                + "students = [{ name = one, architecture = mlp, losses = [" + written + "] }]\n");
        return Kinds.canonical().text((Record) recipe.students().get(0).losses().get(0));
    }

    /** Labels of taps are stored for the training's pairs and views, and a fine-tuning takes what is there. */
    @Test
    void aFineTuningHasNoTapsOrViewsOfItsOwn() throws IOException {
        String hint = "{ kind = hint, pairs = [{ teacher = a, student = b }] }";
        String views = "views { flip = horizontal, count = 2 }";
        String refused =
                "students[0].compress: has 'prune-channels', whose fine-tuning has losses of taps; it must have the views and no"
                        + " other taps than the student's training; give it those, or losses of logits";
        for (String written : List.of(
                "losses = [soft-target, " + hint + "], training { " + views + " }, compress = [prune-channels]",
                "losses = [soft-target], compress = [{ kind = prune-channels, losses = [soft-target, " + hint + "] }]",
                "losses = [soft-target, { kind = attention, pairs = [{ teacher = a, student = b }] }],"
                        + " compress = [{ kind = prune-channels, losses = [soft-target, " + hint + "] }]")) {
            assertThatThrownBy(() -> student(written))
                    .as(written)
                    .isInstanceOfSatisfying(
                            ConfigException.class,
                            refusal -> assertThat(refusal.problems())
                                    .extracting(problem -> problem.path() + ": " + problem.message())
                                    .containsExactly(refused));
        }
        student("losses = [soft-target, " + hint + "], compress = [prune-channels]");
        student("losses = [soft-target, " + hint + "], training { " + views
                + " }, compress = [{ kind = prune-channels, training { " + views + " } }]");
        student("losses = [soft-target, " + hint + "], training { " + views
                + " }, compress = [{ kind = prune-channels, losses = [soft-target] }]");
    }

    private StudentSettings student(String written) throws IOException {
        return SmallRun.bound(SmallRun.in(directory).recipe("n", "[1]")
                        + "students = [{ name = one, architecture = mlp, " + written + " }]\n")
                .students()
                .get(0);
    }

    @Test
    void theCommandLineMaySetEverything() throws IOException {
        ConfigSource source = ConfigSource.text(
                        "small.conf", SmallRun.in(directory).recipe("n", "[1]"))
                .withEnvironment(Map.of())
                .overriddenBy(List.of("spark.spark.executor.extraJavaOptions=-Xss4m"));
        assertThat(Kinds.binder().bind(source, Recipe.class).spark())
                .containsEntry("spark.executor.extraJavaOptions", "-Xss4m");
    }

    private static String refusal(String key) {
        return RecipeSettings.refusal(key).orElseThrow();
    }

    @Test
    void aPasswordInAnAddressIsNowhereInTheRun() throws IOException {
        String recipe = SmallRun.in(directory).recipe("secretive", "[1]", SmallRun.CONV)
                + "data.train.images = [\"nofs://somebody:hunter2@host/images\"]\n"
                + "spark { spark.hadoop.fs.s3a.secret.key = hunter2 }\n";
        List<String> said = new ArrayList<>();
        Path root = directory.resolve("root");
        RunContext context = new RunContext(
                Storage.of(new Configuration()),
                new org.apache.hadoop.fs.Path(root.toString()),
                Clock.systemUTC(),
                new ProgressLines(said::add, Clock.systemUTC(), Duration.ofSeconds(10)));
        assertThatThrownBy(() -> new RecipeRun(LocalSpark.context(), context, SmallRun.bound(recipe)).execute())
                .isInstanceOf(RunFailedException.class)
                .hasMessageStartingWith("cannot look for nofs://(redacted)@host/images: ");
        assertThat(said).noneMatch(line -> line.contains("hunter2"));
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                assertThat(Files.readString(file, StandardCharsets.ISO_8859_1))
                        .as(file.toString())
                        .doesNotContain("hunter2");
            }
        }
        assertThat(root.resolve("runs/secretive")).isDirectoryRecursivelyContaining("glob:**/log");
    }
}
