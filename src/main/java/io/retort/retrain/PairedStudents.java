package io.retort.retrain;

import io.retort.config.ConfigSource;
import io.retort.data.InputEncoder;
import io.retort.data.Schema;
import io.retort.data.encode.TableInput;
import io.retort.data.shard.Dataset;
import io.retort.data.shard.ShardStore;
import io.retort.data.shard.Sharding;
import io.retort.engine.onnx.write.ExportedNetwork;
import io.retort.engine.onnx.write.FurtherOutputs;
import io.retort.engine.onnx.write.RawColumns;
import io.retort.evaluate.Evaluator;
import io.retort.network.NetworkFiles;
import io.retort.network.Structure;
import io.retort.network.Vocabulary;
import io.retort.plan.NamedData;
import io.retort.predict.Model.ModelHandle;
import io.retort.predict.ModelStore;
import io.retort.recipe.DataSettings;
import io.retort.recipe.Kinds;
import io.retort.recipe.Recipe;
import io.retort.report.Report;
import io.retort.report.RunComparison.Paired;
import io.retort.report.StudentSection;
import io.retort.run.record.RunReports.Ended;
import io.retort.storage.ArtifactException;
import io.retort.storage.Storage;
import io.retort.storage.StoreReferences;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * Students of runs that have ended, asked again about the rows that were held out, to count on which of them each does
 * better. The rows are those in the store where the run's source is as it was; otherwise they are read anew.
 */
public final class PairedStudents {
    private final JavaSparkContext spark;
    private final Storage storage;
    private final Path root;

    /** @param root of the runs */
    public PairedStudents(JavaSparkContext spark, Storage storage, Path root) {
        this.spark = spark;
        this.storage = storage;
        this.root = root;
    }

    /** The recipe of a run, as its report has it: without secrets. */
    public static Recipe recipe(Report report) {
        if (report.recipe().isMissingNode()) {
            throw new ArtifactException(
                    report.title() + " was written by a version whose reports have no recipe; run it again");
        }
        return Kinds.binder()
                .bind(
                        ConfigSource.text(
                                "report.json of " + report.title(),
                                report.recipe().toString()),
                        Recipe.class);
    }

    /**
     * The first student of all beside each other student that was measured on the same rows, seed by seed in their
     * order.
     *
     * @throws ArtifactException where those rows are no longer there
     */
    public List<Paired> of(List<Ended> runs) {
        Optional<Ended> with =
                runs.stream().filter(run -> !run.report().students().isEmpty()).findFirst();
        if (with.isEmpty()) {
            return List.of();
        }
        Ended first = with.get();
        String student = first.report().students().get(0).name();
        Recipe recipe = recipe(first.report());
        Dataset rows = heldOut(first, recipe);
        Evaluator evaluator = new Evaluator(
                spark,
                new ShardStore(storage, root),
                new ModelStore(storage, root, StoreReferences.UNANNOUNCED),
                recipe.evaluation());
        List<StudentSection> ours = first.report().seeds(student);
        List<Paired> pairs = new ArrayList<>();
        for (Ended run : runs) {
            if (!run.report().dataset().test().equals(first.report().dataset().test())) {
                continue; // which is told without asking anybody
            }
            for (String name : run.report().studentNames()) {
                if (run.equals(first) && name.equals(student)) {
                    continue;
                }
                List<StudentSection> theirs = run.report().seeds(name);
                for (int i = 0; i < Math.min(ours.size(), theirs.size()); i++) {
                    pairs.add(new Paired(
                            who(run, theirs.get(i)),
                            who(first, ours.get(i)),
                            evaluator.pairs(rows, model(run, theirs.get(i), rows), model(first, ours.get(i), rows))));
                }
            }
        }
        return pairs;
    }

    private static String who(Ended run, StudentSection student) {
        return run.report().title() + " " + student.name() + " seed " + student.seed();
    }

    /** What the exported file computes, of what networks take of a row. */
    private ModelHandle model(Ended run, StudentSection student, Dataset rows) {
        byte[] onnx = FurtherOutputs.without(
                storage.read(new Path(run.directory(), student.export().path())));
        return new ExportedNetwork(rows.schema()
                .input()
                .table()
                .map(table -> RawColumns.without(onnx, table))
                .orElse(onnx));
    }

    /** The held-out rows as the run's students take them. */
    private Dataset heldOut(Ended run, Recipe recipe) {
        Report report = run.report();
        DataSettings data = NamedData.of(storage, recipe).settings();
        StudentSection student = report.students().get(0);
        Path saved = new Path(run.directory(), student.export().path().replaceFirst("\\.onnx$", ""));
        Structure structure = NetworkFiles.read(storage, saved).structure();
        Vocabulary vocabulary = structure.vocabulary().orElseGet(Vocabulary::none);
        Schema train = data.train().source(storage).schema();
        Dataset test = new Sharding(spark, storage, root)
                .shard(data.test(), data.samplesPerShard(), vocabulary, StoreReferences.UNANNOUNCED);
        Dataset rows = test.with(data.target(train.target().or(test.schema().target())))
                .with(input(train, structure));
        if (!rows.fingerprint().equals(report.dataset().test())) {
            throw new ArtifactException("the rows of data.test are no longer those on which " + report.title()
                    + " was measured, so its students cannot be paired; run the recipes again on the same files");
        }
        return rows;
    }

    /** What networks take of a row, as the student's own has it. */
    private static InputEncoder input(Schema train, Structure structure) {
        InputEncoder input = structure
                .vocabulary()
                .map(vocabulary -> train.with(vocabulary).input())
                .orElseGet(train::input);
        return input instanceof TableInput unfitted
                ? unfitted.with(structure.signature().table().orElseThrow())
                : input;
    }
}
