package io.retort.junit;

import io.retort.config.ConfigSource;
import io.retort.config.FilePaths;
import io.retort.engine.onnx.run.Latency;
import io.retort.recipe.Kinds;
import io.retort.recipe.Recipe;
import io.retort.report.Report;
import io.retort.run.RecipeRun;
import io.retort.run.progress.Progress;
import io.retort.run.record.RunContext;
import io.retort.storage.Storage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.extension.ExtensionContext.Store.CloseableResource;

/**
 * Runs recipes in a test, under a root that goes when the test ends. What a run leaves, a later one of the same test
 * uses again.
 */
public final class TestRuns implements CloseableResource {
    /** How fast a model is, a test does not measure. */
    private static final Latency.Effort BRIEF =
            new Latency.Effort(Duration.ZERO, Duration.ofMillis(5), Duration.ofMillis(1));

    private final SparkSession session;
    private final Storage storage;
    private final Path root;

    private TestRuns(SparkSession session, Path root) {
        this.session = session;
        this.storage = Storage.of(session.sparkContext().hadoopConfiguration());
        this.root = root;
    }

    static TestRuns in(SparkSession session) {
        try {
            return new TestRuns(session, Files.createTempDirectory("retort-test-"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public SparkSession session() {
        return session;
    }

    /** The root of this test's runs. */
    public Path root() {
        return root;
    }

    /**
     * Runs a recipe on the first rows of its sources.
     *
     * @param recipe a file; relative paths in it begin at its folder
     * @param rows of {@code data.train} and of {@code data.test} at most
     * @param overrides such as {@code students[0].training.epochs=3}
     * @throws io.retort.config.ConfigException with all that is wrong with the recipe
     * @throws io.retort.run.record.RunLog.RunFailedException with what failed as its cause
     */
    public Report runSlice(Path recipe, int rows, String... overrides) {
        List<String> all = new ArrayList<>(List.of("data.train.limit=" + rows, "data.test.limit=" + rows));
        all.addAll(List.of(overrides));
        return run(recipe, all.toArray(String[]::new));
    }

    /** Runs a recipe on all of its rows. */
    public Report run(Path recipe, String... overrides) {
        ConfigSource source = ConfigSource.file(recipe.toString())
                .overriddenBy(List.of(overrides))
                .withEnvironment(System.getenv());
        Path folder = recipe.toAbsolutePath().getParent();
        return run(Kinds.binder().resolving(new From(folder)).bind(source, Recipe.class));
    }

    /** Runs a recipe that is written in Java. */
    public Report run(Recipe recipe) {
        return result(recipe).report();
    }

    /** Runs a recipe, and tells where its files are, too. */
    public RecipeRun.Result result(Recipe recipe) {
        RunContext context = new RunContext(
                storage, new org.apache.hadoop.fs.Path(root.toUri()), Clock.systemUTC(), Progress.silent(), BRIEF);
        return new RecipeRun(JavaSparkContext.fromSparkContext(session.sparkContext()), context, recipe).execute();
    }

    @Override
    public void close() {
        storage.delete(new org.apache.hadoop.fs.Path(root.toUri()));
    }

    /** Relative paths begin at the recipe's folder, those of overrides and of the environment at the working directory. */
    private record From(Path folder) implements FilePaths {
        @Override
        public String ofRecipe(String key, String path) {
            return resolved(folder, path);
        }

        @Override
        public String ofShell(String key, String path) {
            return resolved(Path.of("").toAbsolutePath(), path);
        }

        private static String resolved(Path from, String path) {
            org.apache.hadoop.fs.Path written = new org.apache.hadoop.fs.Path(path);
            return written.isUriPathAbsolute() || written.toUri().getScheme() != null
                    ? path
                    : from.resolve(path).toString();
        }
    }
}
