package io.retort.ml;

import io.retort.engine.onnx.run.Latency;
import io.retort.recipe.Recipe;
import io.retort.report.Report;
import io.retort.report.StudentSection;
import io.retort.run.RecipeRun;
import io.retort.run.progress.ProgressLines;
import io.retort.run.record.RunContext;
import io.retort.run.record.RunLog.RunFailedException;
import io.retort.spark.Doctor;
import io.retort.spark.Doctor.Finding;
import io.retort.spark.SessionSetup;
import io.retort.storage.ArtifactException;
import io.retort.storage.Json;
import io.retort.storage.Storage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.SparkSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A fit: the rows of a DataFrame are written below the root, the recipe of the parameters runs in the session that is
 * there, and its first student is what comes out.
 */
final class Distillation {
    private static final Logger LOG = LoggerFactory.getLogger(Distillation.class);
    private static final Duration BETWEEN_LINES = Duration.ofSeconds(30);

    /** A session has other work beside a fit, so what is measured meanwhile is rough anyway. */
    private static final Latency.Effort BRIEF =
            new Latency.Effort(Duration.ofMillis(10), Duration.ofMillis(50), Duration.ofMillis(5));

    private final DistillationParams<?> params;
    private final FitTask task;

    Distillation(DistillationParams<?> params, FitTask task) {
        this.params = params;
        this.task = task;
    }

    /**
     * What a fit gives.
     *
     * @param onnx the student's file
     * @param report of the run, as JSON
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Distilled(byte[] onnx, String report) {}

    Distilled of(Dataset<?> dataset, String featuresCol, String labelCol) {
        if (dataset.isStreaming()) {
            throw new IllegalArgumentException(
                    "fit needs a DataFrame with an end, and this one is a stream; fit in foreachBatch, or on a table");
        }
        FitColumns columns = FitColumns.of(params, featuresCol, labelCol, dataset.schema());
        Optional<TeacherColumn> teacher = TeacherColumn.of(params, task.scoresParam());
        SparkSession session = dataset.sparkSession();
        Storage storage = Storage.of(session.sparkContext().hadoopConfiguration());
        FitRecipe.requireTeacher(params, teacher, storage);
        boolean isTemporary = !params.isSet(params.root());
        Path root = isTemporary ? temporary(session) : new Path(params.getOrDefault(params.root()));
        Path frame = new Path(root, "frames/" + UUID.randomUUID());
        try {
            requireHealthy(session, root);
            FitRows rows = FitRows.write(dataset.toDF(), params, columns, teacher, frame);
            rows.requireUsable(params.getOrDefault(params.unlabelled()).equals(SharedParams.KEEP));
            Recipe recipe = new FitRecipe(params, task, rows, dataset.schema(), teacher).recipe(storage);
            return run(session, storage, root, recipe);
        } catch (ArtifactException e) {
            throw FitRows.refusal(e, frame, params, teacher);
        } finally {
            storage.delete(isTemporary ? root : frame);
        }
    }

    private static Path temporary(SparkSession session) {
        if (!SessionSetup.isLocal(session.sparkContext().conf())) {
            throw new IllegalArgumentException(
                    "root must be set on a cluster: a directory that driver and executors reach, such as hdfs:///retort");
        }
        try {
            return new Path(Files.createTempDirectory("retort-").toUri());
        } catch (IOException e) {
            throw new UncheckedIOException("no temporary directory can be made: " + e.getMessage(), e);
        }
    }

    private static void requireHealthy(SparkSession session, Path root) {
        List<String> wrong = Doctor.examine(session, root).stream()
                .filter(finding -> finding.level() == Finding.Level.WRONG)
                .map(finding -> finding.check() + ": " + finding.found() + "; "
                        + finding.advice()
                                .replace("choose another directory with --root", "set root to another directory"))
                .toList();
        if (!wrong.isEmpty()) {
            throw new IllegalStateException("this session cannot distil: " + String.join(". ", wrong));
        }
    }

    private static Distilled run(SparkSession session, Storage storage, Path root, Recipe recipe) {
        JavaSparkContext spark = JavaSparkContext.fromSparkContext(session.sparkContext());
        Clock clock = Clock.systemUTC();
        RunContext context =
                new RunContext(storage, root, clock, new ProgressLines(LOG::info, clock, BETWEEN_LINES), BRIEF);
        try {
            RecipeRun.Result result = new RecipeRun(spark, context, recipe).execute();
            Report report = result.report();
            StudentSection student = report.students().get(0);
            return new Distilled(
                    storage.read(new Path(result.directory(), student.export().path())), Json.pretty(report));
        } catch (RunFailedException e) {
            // A stack trace is what a caller in Java gets; the log may lie in a directory that is removed.
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
    }
}
