package io.retort.run.record;

import io.retort.data.shard.Sharding;
import io.retort.data.source.ReaderSettings;
import io.retort.plan.NamedData;
import io.retort.recipe.DataSettings;
import io.retort.recipe.Kinds;
import io.retort.recipe.Recipe;
import io.retort.report.Report;
import io.retort.spark.Build;
import io.retort.storage.Digest;
import io.retort.storage.Json;
import io.retort.storage.Storage;
import java.util.Comparator;
import java.util.Optional;
import org.apache.hadoop.fs.Path;

/**
 * A run that came to its end and whose result another run would only repeat.
 *
 * <p>Each run has a key: the digest of its recipe, of the source's files by name, length and time, of saved models, of
 * the number of replicas where that follows from the cluster and changes what is trained, of the processor and ONNX
 * Runtime (figures depend on both) and of Retort's version. To find it out costs a listing of the source, however many
 * samples there are: no sample is read. Equal keys, equal results.
 */
public record ReusableRun(Path directory, Report report) {
    private static final String CODE = "run/5";

    /** The key of a run that would start now; nothing where it depends on the cluster. */
    public static Optional<String> key(RunContext context, Recipe recipe) {
        return recipe.trainer().dependsOnSlots() ? Optional.empty() : Optional.of(key(context, recipe, 0));
    }

    /** The key of a run that would start now on a cluster that gives so many replicas. */
    public static String key(RunContext context, Recipe recipe, int replicas) {
        return new Digest()
                .add(CODE)
                .add(inputs(context, recipe))
                .add(HostInfo.inference())
                .add(recipe.trainer().dependsOnSlots() ? replicas : 0)
                .key();
    }

    /** The digest of recipe, data, saved models and Retort's version: of all but the machine or cluster. */
    public static String inputs(RunContext context, Recipe recipe) {
        Digest digest = new Digest()
                .add(Build.current().version())
                .add(Kinds.canonical().address(recipe));
        DataSettings data = NamedData.of(context.storage(), recipe).settings();
        for (ReaderSettings source : data.sources().values()) {
            Sharding.fingerprint(context.storage(), source, data.samplesPerShard())
                    // Of a table without versions nobody knows whether it is the same: no other run has this key.
                    .ifPresentOrElse(
                            digest::add, () -> digest.add(context.clock().millis()));
        }
        recipe.saved().forEach(saved -> digest.add(saved.digest(context.storage())));
        return digest.key();
    }

    /** The newest run under this name that has the key, ended well, and still has its report and its models. */
    public static Optional<ReusableRun> find(RunContext context, String name, String key) {
        if (key.isEmpty()) {
            return Optional.empty(); // the inputs of this run cannot be read
        }
        Storage storage = context.storage();
        Path runs = new Path(context.root(), "runs/" + name);
        return storage.list(runs).stream()
                .map(run -> new Path(runs, run.getPath().getName()))
                .sorted(Comparator.reverseOrder())
                .filter(run -> Json.find(storage, new Path(run, "manifest.json"), Manifest.Head.class)
                        .filter(manifest -> manifest.status() == Manifest.Status.DONE
                                && manifest.key().equals(key))
                        .isPresent())
                .flatMap(run -> Json.find(storage, new Path(run, "report.json"), Report.class)
                        .filter(report -> report.students().stream()
                                .allMatch(student -> storage.exists(
                                        new Path(run, student.export().path()))))
                        .map(report -> new ReusableRun(run, report))
                        .stream())
                .findFirst();
    }
}
