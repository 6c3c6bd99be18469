package io.retort.pipeline;

import io.retort.compress.OnnxForm;
import io.retort.data.Dataset;
import io.retort.data.View;
import io.retort.engine.onnx.Latency;
import io.retort.engine.onnx.LatencyRatio;
import io.retort.engine.onnx.OnnxModel;
import io.retort.evaluate.Evaluation;
import io.retort.evaluate.PairedOutcomes;
import io.retort.evaluate.SparkEvaluation;
import io.retort.network.Cost;
import io.retort.network.Network;
import io.retort.report.Report;
import io.retort.softlabel.SoftLabels;
import io.retort.spark.SparkSlots;
import io.retort.storage.Digest;
import io.retort.storage.StoreUse;
import io.retort.teacher.NetworkTeacher;
import io.retort.teacher.TeacherSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.hadoop.fs.Path;

/**
 * The figures of networks on the held-out samples, and their measured latency.
 *
 * <p>What is evaluated is the ONNX file that is shipped, without the metadata that say whose it is: students that share their stages share the figures.
 * They are kept in {@code <root>/store/evaluations} under the digest of that file and of all else they depend on, machine and ONNX Runtime included, so that
 * they are measured once.
 */
final class SparkAssessment {
    private static final String CODE = "evaluate/3";
    private static final String RATIO_CODE = "latency-ratio/1";

    private final RunContext context;
    private final Recipe recipe;
    private final SparkSlots slots;
    private final Stopwatch stopwatch;
    private final StoreUse use;
    private final Dataset test;
    private final SoftLabels softLabels;
    private final SparkEvaluation evaluation;
    private final OneAtATime figures = new OneAtATime();

    SparkAssessment(SparkScope scope, Dataset test, SoftLabels softLabels) {
        this.context = scope.context();
        this.recipe = scope.recipe();
        this.slots = scope.slots();
        this.stopwatch = scope.stopwatch();
        this.use = scope.directory().use();
        this.test = test;
        this.softLabels = softLabels;
        this.evaluation = new SparkEvaluation(scope.spark(), scope.shards(), recipe.evaluation());
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

    /** How fast one is beside another, measured in this process if it is not known. */
    LatencyRatio ratio(Assessed one, Assessed other) {
        byte[] model = OnnxModel.withoutProvenance(one.onnx());
        byte[] otherModel = OnnxModel.withoutProvenance(other.onnx());
        String key = new Digest()
                .add(RATIO_CODE)
                .add(model)
                .add(otherModel)
                .add(Machine.inference())
                .key();
        return known(key, LatencyRatio.class, () -> quietly(() -> LatencyRatio.of(model, otherModel)));
    }

    /** How often two exported networks are right on the same held-out samples. */
    PairedOutcomes pairs(byte[] first, byte[] second) {
        return beside(
                () -> evaluation.pairs(test, new NetworkTeacher.Source(first), new NetworkTeacher.Source(second)));
    }

    /** How often the teacher is right on training samples that it has labelled in this view. */
    double teacherAccuracy(Dataset part, View view) {
        return beside(() -> evaluation.teacherAccuracy(part, softLabels, view));
    }

    /**
     * The teacher is not asked again: its soft labels of the held-out samples say it all. One of several networks costs what they cost together, and each of
     * them is shown beside it.
     */
    Report.TeacherSection ofTeacher(ReadyTeacher teacher) {
        List<ReadyTeacher.Part> parts = teacher.parts();
        List<Report.PartSection> sections = new ArrayList<>();
        List<Latency> latencies = new ArrayList<>();
        for (ReadyTeacher.Part part : parts.size() == 1 ? List.<ReadyTeacher.Part>of() : parts) {
            NetworkTeacher.Source source = new NetworkTeacher.Source(part.onnx());
            Kept kept = kept(
                    part.title(),
                    source,
                    () -> evaluation.ofNetwork(test, source, softLabels),
                    () -> Latency.of(part.onnx()));
            latencies.add(kept.latency());
            sections.add(new Report.PartSection(part.title(), figures(Costs.of(part), kept), part.curves()));
        }
        Supplier<Latency> latency =
                () -> latencies.isEmpty() ? Latency.of(parts.get(0).onnx()) : Latency.inTurn(latencies);
        Kept kept = kept(Plan.TEACHER, teacher.source(), () -> evaluation.ofTeacher(test, softLabels), latency);
        // Parts may have been measured again since.
        Kept summed = latencies.isEmpty() ? kept : new Kept(kept.evaluation(), latency.get());
        Report.Figures figures =
                figures(parts.stream().map(Costs::of).reduce(Costs::plus).orElseThrow(), summed);
        return new Report.TeacherSection(
                recipe.teacher().title(),
                teacher.fingerprint(),
                figures.accuracy(),
                figures.parameters(),
                figures.macs(),
                figures.bytes(),
                figures,
                sections,
                parts.size() == 1 ? parts.get(0).curves() : List.of());
    }

    private Assessed shipped(String title, Network network, OnnxForm form, byte[] onnx) {
        byte[] evaluated = OnnxModel.withoutProvenance(onnx);
        NetworkTeacher.Source source = new NetworkTeacher.Source(evaluated);
        Kept kept =
                kept(title, source, () -> evaluation.ofNetwork(test, source, softLabels), () -> Latency.of(evaluated));
        return new Assessed(network, form, onnx, figures(Costs.of(network, onnx.length), kept));
    }

    private Kept kept(String title, TeacherSource source, Supplier<Evaluation> evaluate, Supplier<Latency> latency) {
        return known(key(source), Kept.class, () -> {
            Evaluation fresh = beside(() -> {
                try (Progress.Stage stage = context.progress()
                        .begin("evaluate " + title, test.schema().noun(), test.samples())) {
                    Evaluation made = evaluate.get();
                    stage.advance(test.samples());
                    return made;
                }
            });
            stopwatch.count("evaluate", test.samples());
            return new Kept(fresh, quietly(latency));
        });
    }

    /** A Spark job, which trainings may go on beside. */
    private <T> T beside(Supplier<T> work) {
        return slots.beside(() -> stopwatch.time("evaluate", work));
    }

    /** A measurement, which they would disturb. */
    private <T> T quietly(Supplier<T> work) {
        return slots.quietly(() -> stopwatch.time("evaluate", work));
    }

    /** What the store has under a key, or what is measured now and kept there. */
    private <T> T known(String key, Class<T> type, Supplier<T> measure) {
        String entry = "store/evaluations/" + key + ".json";
        use.announce(List.of(entry));
        Path path = new Path(context.root(), entry);
        return figures.of(
                key,
                () -> RunJson.read(context.storage(), path, type).orElseGet(() -> {
                    T fresh = measure.get();
                    context.storage().write(path, RunJson.bytes(fresh));
                    return fresh;
                }));
    }

    private String key(TeacherSource source) {
        return new Digest()
                .add(CODE)
                .add(source.fingerprint())
                .add(test.fingerprint())
                .add(softLabels.teacher())
                .add(softLabels.codec().name())
                .add(Kinds.canonical().address(recipe.evaluation()))
                .add(Machine.inference())
                .key();
    }

    /** What a network takes, measured on nothing. */
    private record Costs(long parameters, long macs, long bytes) {
        static Costs of(Network network, long bytes) {
            Cost cost = Cost.of(network.structure());
            return new Costs(cost.trainedParameters(), cost.macs(), bytes);
        }

        static Costs of(ReadyTeacher.Part part) {
            return of(part.network(), part.onnx().length);
        }

        Costs plus(Costs other) {
            return new Costs(parameters + other.parameters, macs + other.macs, bytes + other.bytes);
        }
    }

    private static Report.Figures figures(Costs costs, Kept kept) {
        return new Report.Figures(
                kept.evaluation().accuracy(),
                kept.evaluation().agreement(),
                costs.parameters(),
                costs.macs(),
                costs.bytes(),
                new Report.LatencySection(
                        kept.latency().p50Millis(),
                        kept.latency().p99Millis(),
                        kept.latency().throughputPerSecond()),
                kept.evaluation().metrics(),
                kept.evaluation().confusion());
    }
}
