package io.retort.bench;

import com.sun.management.GarbageCollectionNotificationInfo;
import io.retort.config.ConfigSource;
import io.retort.recipe.Kinds;
import io.retort.recipe.Recipe;
import io.retort.report.ConsoleTable;
import io.retort.run.RecipeRun;
import io.retort.run.progress.Progress;
import io.retort.run.record.RunContext;
import io.retort.spark.SessionSetup;
import io.retort.storage.Storage;
import java.io.IOException;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import javax.management.NotificationEmitter;
import javax.management.openmbean.CompositeData;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;

/**
 * A table of many rows through sharding, labelling, training and evaluation, on two cores: rows/s of each, beside one
 * pass of plain Spark over the same rows, and the driver's heap. In local mode executors share that heap.
 *
 * <p>Argument: the number of rows, 1,000,000 where there is none. The table is made by Spark: 24 columns of Gaussian
 * numbers in Parquet, whose 8 classes follow from the signs of three products of columns.
 */
public final class TableScale {
    private static final int COLUMNS = 24;
    private static final int TEST_ROWS = 100_000;
    private static final int FILES = 8;
    private static final int PASSES = 3;
    private static final double MIB = 1 << 20;

    private static final String RECIPE = """
            name = table-scale
            data {
              train { kind = spark, format = parquet, path = "%1$s/train", label = label, classes = 8 }
              test { kind = spark, format = parquet, path = "%1$s/test", label = label, classes = 8 }
            }
            teacher {
              kind = network, architecture { kind = mlp, hidden = [64, 64] }, training { epochs = 1, batch-size = 512 }
            }
            students = [{
              name = small, architecture { kind = mlp, hidden = [32] }, losses = [soft-target]
              training { epochs = 1, batch-size = 512 }
            }]
            """;

    private TableScale() {}

    public static void main(String[] arguments) throws IOException {
        int rows = arguments.length == 0 ? 1_000_000 : Integer.parseInt(arguments[0]);
        String directory = Scratch.directory().toUri().toString().replaceAll("/$", "");
        Watch watch = new Watch(rows);
        try (SparkSession session = SessionSetup.start("table-scale", Map.of("spark.master", "local[2]"))) {
            write(session, rows, 1, directory + "/train");
            write(session, TEST_ROWS, 2, directory + "/test");
            double pass = plainPass(session, directory + "/train");
            watch.timed("plain Spark, one pass", rows, pass);
            Recipe recipe = Kinds.binder()
                    .bind(
                            ConfigSource.text("recipe", RECIPE.formatted(directory))
                                    .withEnvironment(Map.of()),
                            Recipe.class);
            Storage storage = Storage.of(session.sparkContext().hadoopConfiguration());
            Path root = new Path(directory + "/root");
            RunContext context = new RunContext(storage, root, Clock.systemUTC(), watch);
            watch.begin();
            new RecipeRun(JavaSparkContext.fromSparkContext(session.sparkContext()), context, recipe).execute();
        }
        System.out.println(watch.table());
        System.exit(0); // Spark's barrier mode leaves a thread that is no daemon
    }

    private static void write(SparkSession session, int rows, int seed, String path) {
        Dataset<Row> table = session.range(0, rows, 1, FILES).toDF();
        for (int column = 0; column < COLUMNS; column++) {
            table = table.withColumn("x" + column, functions.randn(100L * seed + column));
        }
        Column label = IntStream.range(0, 3)
                .mapToObj(bit -> functions
                        .expr("if(x" + 2 * bit + " * x" + (2 * bit + 1) + " > 0, 1, 0)")
                        .multiply(1 << bit))
                .reduce(Column::plus)
                .orElseThrow();
        table.withColumn("label", label)
                .drop("id")
                .write()
                .mode(SaveMode.Overwrite)
                .parquet(path);
    }

    /** Seconds of the sums of all columns, the median. */
    private static double plainPass(SparkSession session, String path) {
        List<Double> seconds = new ArrayList<>();
        for (int pass = 0; pass < PASSES; pass++) {
            long start = System.nanoTime();
            Column[] sums = IntStream.range(0, COLUMNS)
                    .mapToObj(column -> functions.sum("x" + column))
                    .toArray(Column[]::new);
            session.read().parquet(path).agg(functions.sum("label"), sums).collectAsList();
            seconds.add((System.nanoTime() - start) / 1e9);
        }
        return seconds.stream().sorted().toList().get(PASSES / 2);
    }

    /** Takes the times of what a run does, and the heap after each collection of garbage. */
    private static final class Watch implements Progress {
        private final ConsoleTable table = new ConsoleTable()
                .left("part")
                .right("rows")
                .right("s")
                .right("rows/s")
                .right("times a plain pass")
                .right("greatest heap after a collection, MiB");
        private final int rows;
        private double perRow;
        private long start = System.nanoTime();
        private long greatest;

        private Watch(int rows) {
            this.rows = rows;
            for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
                ((NotificationEmitter) collector)
                        .addNotificationListener(
                                (notification, none) -> collected(GarbageCollectionNotificationInfo.from(
                                        (CompositeData) notification.getUserData())),
                                null,
                                null);
            }
        }

        private synchronized void collected(GarbageCollectionNotificationInfo info) {
            long used = info.getGcInfo().getMemoryUsageAfterGc().entrySet().stream()
                    .filter(pool ->
                            pool.getKey().startsWith("G1") || pool.getKey().startsWith("PS"))
                    .map(Map.Entry::getValue)
                    .mapToLong(MemoryUsage::getUsed)
                    .sum();
            greatest = Math.max(greatest, used);
        }

        private synchronized void begin() {
            start = System.nanoTime();
            greatest = 0;
        }

        private synchronized void timed(String part, long count, double seconds) {
            if (perRow == 0) {
                perRow = seconds / count;
            }
            table.row(
                    part,
                    String.format(Locale.ROOT, "%,d", count),
                    String.format(Locale.ROOT, "%.1f", seconds),
                    String.format(Locale.ROOT, "%,.0f", count / seconds),
                    String.format(Locale.ROOT, "%.1f", seconds / count / perRow),
                    String.format(Locale.ROOT, "%.0f", greatest / MIB));
            greatest = 0;
        }

        @Override
        public Stage begin(String name, String unit, long total) {
            long begun = System.nanoTime();
            return new Stage() {
                @Override
                public void skip(long units) {}

                @Override
                public void advance(long units) {}

                @Override
                public void note(String text) {}

                @Override
                public void close() {
                    if (total != UNKNOWN) {
                        timed(name, total, (System.nanoTime() - begun) / 1e9);
                    }
                }
            };
        }

        @Override
        public void say(String line) {
            System.err.println(line);
            if (line.startsWith("train: ")) {
                timed("shard", rows, (System.nanoTime() - start) / 1e9); // the training rows come first
            }
        }

        private String table() {
            return table.text();
        }
    }
}
