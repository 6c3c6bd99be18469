package io.retort.bench;

import io.retort.config.ConfigSource;
import io.retort.recipe.Kinds;
import io.retort.recipe.Recipe;
import io.retort.run.RecipeRun;
import io.retort.run.progress.Progress;
import io.retort.run.record.RunContext;
import io.retort.spark.SessionSetup;
import io.retort.storage.Storage;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.nio.file.Files;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;

/**
 * How much heap the driver keeps while it shards, labels and trains for one epoch: the greatest use after a garbage collection, of those made
 * after each round of a training and each labelled shard. In local mode executors share the heap; between two rounds they hold no samples, while
 * other shards are being labelled when one has been.
 *
 * <p>Arguments: the directory of the four files of Fashion-MNIST, and how many training samples are used. In a JVM of its own each:
 *
 * <pre>{@code java <opens> -cp <test class path> io.retort.bench.DriverMemory data/fashion-mnist 10000}</pre>
 */
public final class DriverMemory {
    private static final String RECIPE = """
            name = driver-memory
            data {
              train { kind = idx, images = ["%1$s/train-images-idx3-ubyte.gz"], labels = ["%1$s/train-labels-idx1-ubyte.gz"]
                classes = 10, limit = %2$s }
              test { kind = idx, images = ["%1$s/t10k-images-idx3-ubyte.gz"], labels = ["%1$s/t10k-labels-idx1-ubyte.gz"]
                classes = 10, limit = 1024 }
              samples-per-shard = 1000
            }
            teacher { kind = network, architecture { kind = mlp, hidden = [64] }, training.epochs = 1 }
            students = [{ name = small, architecture { kind = mlp, hidden = [32] }, training.epochs = 1, losses = [soft-target] }]
            """;

    private static final double MIB = 1 << 20;

    private DriverMemory() {}

    public static void main(String[] arguments) throws IOException {
        String text = RECIPE.formatted(arguments[0], arguments[1]);
        Recipe recipe = Kinds.binder().bind(ConfigSource.text("recipe", text).withEnvironment(Map.of()), Recipe.class);
        java.nio.file.Path root = Files.createTempDirectory("driver-memory");
        HeapWatch heap = new HeapWatch();
        try (SparkSession session = SessionSetup.start(recipe.name())) {
            Storage storage = Storage.of(session.sparkContext().hadoopConfiguration());
            RunContext context = new RunContext(storage, new Path(root.toString()), Clock.systemUTC(), heap);
            new RecipeRun(JavaSparkContext.fromSparkContext(session.sparkContext()), context, recipe).execute();
            storage.delete(new Path(root.toString()));
            heap.look("at the end");
        }
        System.out.printf(
                "%s samples; MiB of heap in use after a collection, the greatest of each stage:%n", arguments[1]);
        heap.greatest.forEach((stage, bytes) -> System.out.printf("  %-25s %6.1f%n", stage, bytes / MIB));
    }

    /** Collects garbage wherever the run says that it went on. */
    private static final class HeapWatch implements Progress {
        private final MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
        private final Map<String, Long> greatest = new LinkedHashMap<>();

        private synchronized void look(String stage) {
            memory.gc();
            greatest.merge(stage, memory.getHeapMemoryUsage().getUsed(), Math::max);
        }

        @Override
        public Stage begin(String name, String unit, long total) {
            return new Stage() {
                @Override
                public void skip(long units) {}

                @Override
                public void advance(long units) {
                    look(name);
                }

                @Override
                public void note(String text) {}

                @Override
                public void close() {}
            };
        }

        @Override
        public void say(String line) {}
    }
}
