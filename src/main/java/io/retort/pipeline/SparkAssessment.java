package io.retort.pipeline;

import io.retort.compress.OnnxForm;
import io.retort.data.Dataset;
import io.retort.data.ShardStore;
import io.retort.data.View;
import io.retort.engine.onnx.Latency;
import io.retort.evaluate.Evaluation;
import io.retort.evaluate.PairedOutcomes;
import io.retort.evaluate.SparkEvaluation;
import io.retort.network.Cost;
import io.retort.network.Network;
import io.retort.report.Report;
import io.retort.softlabel.SoftLabels;
import io.retort.storage.Digest;
import io.retort.storage.StoreUse;
import io.retort.teacher.NetworkTeacher;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * The figures of networks on the held-out samples, and their measured latency.
 *
 * <p>What is evaluated is the ONNX file that is shipped. Figures are kept in {@code <root>/store/evaluations} under the digest of that file and of
 * all else they depend on, the machine included, so that they are measured once.
 */
final class SparkAssessment {
    private static final String CODE = "evaluate/1";

    private final RunContext context;
    private final Recipe recipe;
    private final Dataset test;
    private final SoftLabels softLabels;
    private final Stopwatch stopwatch;
    private final StoreUse use;
    private final SparkEvaluation evaluation;

    SparkAssessment(
            JavaSparkContext spark,
            RunContext context,
            Recipe recipe,
            ShardStore shards,
            Dataset test,
            SoftLabels softLabels,
            Stopwatch stopwatch,
            StoreUse use) {
        this.context = context;
        this.recipe = recipe;
        this.test = test;
        this.softLabels = softLabels;
        this.stopwatch = stopwatch;
        this.use = use;
        this.evaluation = new SparkEvaluation(spark, shards, recipe.evaluation());
    }

    /** A network as it is shipped, with its figures. */
    @SuppressWarnings("ArrayRecordComponent") // carried, never compared
    record Assessed(Network network, OnnxForm form, byte[] onnx, Report.Figures figures) {}

    /** What is kept of an assessment. */
    record Kept(Evaluation evaluation, Latency latency) {}

    Assessed of(String title, Network network, Map<String, String> provenance) {
        return of(title, network, OnnxForm.FLOAT32, provenance);
    }

    /** @param form in which it is shipped */
    Assessed of(String title, Network network, OnnxForm form, Map<String, String> provenance) {
        return shipped(title, network, form, form.bytes(network, test.schema().classNames(), provenance));
    }

    /** An exported network, as it is. */
    Assessed shipped(String title, Network network, byte[] onnx) {
        return shipped(title, network, OnnxForm.FLOAT32, onnx);
    }

    private Assessed shipped(String title, Network network, OnnxForm form, byte[] onnx) {
        NetworkTeacher.Source source = new NetworkTeacher.Source(onnx);
        return assess(title, network, form, onnx, source, () -> evaluation.ofNetwork(test, source, softLabels));
    }

    /** How often two exported networks are right on the same held-out samples. */
    PairedOutcomes pairs(byte[] first, byte[] second) {
        return stopwatch.time(
                "evaluate",
                () -> evaluation.pairs(test, new NetworkTeacher.Source(first), new NetworkTeacher.Source(second)));
    }

    /** How often the teacher is right on training samples that it has labelled in this view. */
    double teacherAccuracy(Dataset part, View view) {
        return stopwatch.time("evaluate", () -> evaluation.teacherAccuracy(part, softLabels, view));
    }

    /** The teacher is not asked again: its soft labels of the held-out samples say it all. */
    Report.Figures ofTeacher(Network teacher, byte[] onnx) {
        NetworkTeacher.Source source = new NetworkTeacher.Source(onnx);
        return assess("teacher", teacher, OnnxForm.FLOAT32, onnx, source, () -> evaluation.ofTeacher(test, softLabels))
                .figures();
    }

    private Assessed assess(
            String title,
            Network network,
            OnnxForm form,
            byte[] onnx,
            NetworkTeacher.Source source,
            Supplier<Evaluation> evaluate) {
        String entry = "store/evaluations/" + key(source) + ".json";
        use.announce(List.of(entry));
        Path path = new Path(context.root(), entry);
        Kept kept = RunJson.read(context.storage(), path, Kept.class).orElseGet(() -> {
            Kept fresh = stopwatch.time("evaluate", () -> {
                try (Progress.Stage stage = context.progress().begin("evaluate " + title, "images", test.samples())) {
                    Evaluation figures = evaluate.get();
                    stage.advance(test.samples());
                    return new Kept(figures, Latency.of(onnx));
                }
            });
            stopwatch.count("evaluate", test.samples());
            context.storage().write(path, RunJson.bytes(fresh));
            return fresh;
        });
        return new Assessed(network, form, onnx, figures(network, onnx, kept));
    }

    private String key(NetworkTeacher.Source source) {
        return new Digest()
                .add(CODE)
                .add(source.fingerprint())
                .add(test.fingerprint())
                .add(softLabels.teacher())
                .add(softLabels.codec().name())
                .add(Kinds.canonical().text(recipe.evaluation()))
                .add(Machine.cpu())
                .key();
    }

    private static Report.Figures figures(Network network, byte[] onnx, Kept kept) {
        Cost cost = Cost.of(network.structure());
        return new Report.Figures(
                kept.evaluation().accuracy(),
                kept.evaluation().agreement(),
                cost.trainedParameters(),
                cost.macs(),
                onnx.length,
                new Report.LatencySection(
                        kept.latency().p50Millis(),
                        kept.latency().p99Millis(),
                        kept.latency().throughputPerSecond()),
                kept.evaluation().metrics(),
                kept.evaluation().confusion());
    }
}
