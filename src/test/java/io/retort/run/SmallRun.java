package io.retort.run;

import io.retort.Pictures;
import io.retort.config.ConfigSource;
import io.retort.engine.onnx.run.Latency;
import io.retort.recipe.Kinds;
import io.retort.recipe.Recipe;
import io.retort.run.progress.ProgressLines;
import io.retort.run.record.RunContext;
import io.retort.spark.LocalSpark;
import io.retort.storage.Storage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;

/**
 * A small recipe: 2,048 training and 512 test images, of Fashion-MNIST where it is on this machine and otherwise made up.
 *
 * @param data recipe text
 */
public record SmallRun(Path testImages, Path testLabels, String data) {
    static final int TEST_SAMPLES = 512;

    /** Behind a recipe, where it does not matter how good the teacher is. */
    public static final String BRIEF_TEACHER = "teacher.training.epochs = 2\n";

    /** Learns from both labels and teacher. */
    public static final String CONV = """
            { name = conv, architecture { kind = conv-net, chain = [cbr6, max, dws8, max] }
              training { epochs = 3, batch-size = 64, learning-rate { rate = 1e-2 } }
              losses = [{ kind = cross-entropy, weight = 0.5 }, { kind = soft-target, weight = 0.5, temperature = 3 }] }
            """;

    /** Learns from the teacher alone, in two views. */
    public static final String DENSE = """
            { name = dense, architecture { kind = mlp, hidden = [16] }
              training { epochs = 2, batch-size = 64, views { crop = 1, count = 2 } }
              losses = [soft-target] }
            """;

    /**
     * A run of few images.
     *
     * @param directory for made-up images
     */
    public static SmallRun in(Path directory) throws IOException {
        Optional<Path> real = fashionMnist();
        if (real.isPresent()) {
            return of(real.get(), ".gz", 10);
        }
        Pictures.write(
                Pictures.of(2048, 0),
                directory.resolve("train-images-idx3-ubyte"),
                directory.resolve("train-labels-idx1-ubyte"));
        Pictures.write(
                Pictures.of(TEST_SAMPLES, 100_000),
                directory.resolve("t10k-images-idx3-ubyte"),
                directory.resolve("t10k-labels-idx1-ubyte"));
        return of(directory, "", 3);
    }

    private static SmallRun of(Path directory, String suffix, int classes) {
        return new SmallRun(
                directory.resolve("t10k-images-idx3-ubyte" + suffix),
                directory.resolve("t10k-labels-idx1-ubyte" + suffix),
                """
                data {
                  train { kind = idx, images = ["%1$s/train-images-idx3-ubyte%2$s"], labels = ["%1$s/train-labels-idx1-ubyte%2$s"]
                    classes = %3$d, limit = 2048 }
                  test { kind = idx, images = ["%1$s/t10k-images-idx3-ubyte%2$s"], labels = ["%1$s/t10k-labels-idx1-ubyte%2$s"]
                    classes = %3$d, limit = %4$d }
                  samples-per-shard = 512
                }
                """.formatted(directory, suffix, classes, TEST_SAMPLES));
    }

    /** A teacher and students, such as {@link #CONV}. */
    public String recipe(String name, String seeds, String... students) {
        return data + """
                name = %s
                seeds = %s
                trainer { micro-batch = 8 }
                teacher { kind = network, architecture { kind = conv-net, chain = [cbr12, max, cbr16, max] }
                  training { epochs = 6, batch-size = 64, learning-rate { rate = 1e-2 } } }
                students = [
                  %s
                ]
                """.formatted(name, seeds, String.join("\n", students));
    }

    /** Latency is measured by a few runs: what these tests are about is not how fast a model is. */
    static final Latency.Effort BRIEF = new Latency.Effort(Duration.ZERO, Duration.ofMillis(5), Duration.ofMillis(1));

    /** Tells its lines to {@code hears}. */
    public static RunContext context(Path root, Consumer<String> hears) {
        return new RunContext(
                Storage.of(new Configuration()),
                new org.apache.hadoop.fs.Path(root.toString()),
                Clock.systemUTC(),
                new ProgressLines(hears, Clock.systemUTC(), Duration.ofSeconds(10)),
                BRIEF);
    }

    /** Runs a recipe in local mode; the result is the run's directory. */
    static Path execute(String recipe, Path root, Consumer<String> hears) {
        RecipeRun run = new RecipeRun(LocalSpark.context(), context(root, hears), bound(recipe));
        return Path.of(run.execute().directory().toUri().getPath());
    }

    public static Recipe bound(String text) {
        return Kinds.binder().bind(ConfigSource.text("small.conf", text).withEnvironment(Map.of()), Recipe.class);
    }

    private static Optional<Path> fashionMnist() {
        List<Path> candidates = new ArrayList<>();
        Stream.ofNullable(System.getenv("RETORT_DATA")).map(Path::of).forEach(candidates::add);
        candidates.add(Path.of("data").toAbsolutePath());
        candidates.add(Path.of("/usr/share/datasets"));
        return candidates.stream()
                .map(directory -> directory.resolve("fashion-mnist"))
                .filter(directory -> Files.exists(directory.resolve("train-images-idx3-ubyte.gz")))
                .findFirst();
    }
}
