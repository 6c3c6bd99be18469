package io.retort.retrain;

import io.retort.data.Schema;
import io.retort.data.shard.Dataset;
import io.retort.data.shard.Shard;
import io.retort.engine.onnx.write.OnnxModel;
import io.retort.evaluate.Task;
import io.retort.export.TestVectors;
import io.retort.network.Mask;
import io.retort.network.Network;
import io.retort.network.NetworkFiles;
import io.retort.network.Signature;
import io.retort.network.Structure;
import io.retort.network.Vocabulary;
import io.retort.plan.ColumnOrder;
import io.retort.plan.NamedData;
import io.retort.recipe.Recipe;
import io.retort.recipe.RetrainSettings;
import io.retort.recipe.StudentSettings;
import io.retort.registry.Drift;
import io.retort.registry.Gate;
import io.retort.registry.Gates;
import io.retort.registry.ModelCard;
import io.retort.registry.Promotion;
import io.retort.registry.RegisteredModel;
import io.retort.registry.RegisteredModel.Rejection;
import io.retort.registry.RegisteredModel.Version;
import io.retort.registry.Withdrawal;
import io.retort.report.Report.ChallengeSection;
import io.retort.report.StudentSection.ExportSection;
import io.retort.run.Assessment;
import io.retort.run.CalibrationStage;
import io.retort.run.Challenge;
import io.retort.run.Challenge.ChallengeInputs;
import io.retort.run.ChallengerOrigin;
import io.retort.run.FeatureShifts;
import io.retort.run.StudentExport;
import io.retort.run.TrainingStage;
import io.retort.run.record.RunContext;
import io.retort.storage.Lease;
import io.retort.storage.Storage;
import io.retort.teacher.SavedNetwork;
import io.retort.teacher.TeacherTrainer.Trained;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import org.apache.hadoop.fs.Path;

/** Trains a challenger, puts it beside the champion, and makes it the champion where it passes every gate. */
final class ChallengeStage implements Challenge {
    /** What the files of a run's challenger are called. */
    private static final String CHALLENGER = "challenger";

    private final RegisteredModel model;
    private final Lease lease;
    private final String key;
    private final ChallengerOrigin origin;

    /**
     * @param lease of the model
     * @param key of all that the challenger depends on, other than the champion
     */
    ChallengeStage(RegisteredModel model, Lease lease, String key, ChallengerOrigin origin) {
        this.model = model;
        this.lease = lease;
        this.key = key;
        this.origin = origin;
    }

    @Override
    public String key() {
        return key;
    }

    @Override
    public NamedData data(RunContext context, Recipe recipe) {
        return NamedData.of(context.storage(), recipe.data(), ColumnOrder.ofChampion(context.storage(), recipe, model));
    }

    @Override
    public void requireFits(RunContext context, Schema schema) {
        model.champion()
                .map(promotion -> model.version(promotion.version()))
                .ifPresent(champion -> requireFits(context, schema, champion));
    }

    private void requireFits(RunContext context, Schema schema, Version champion) {
        Structure structure = model.network(champion).structure();
        String who = "champion " + champion.number() + " of '" + model.name() + "'";
        if (!structure.signature().table().equals(schema.input().table())) {
            throw new IllegalArgumentException(
                    "retrain.model: " + who + " and the data must either both have categories"
                            + " or missing numbers, or neither; give the model of other data another name");
        }
        if (!structure.input().equals(schema.shape()) || structure.classes() != schema.classes()) {
            throw new IllegalArgumentException("retrain.model: " + who + " takes " + structure.input() + " and knows "
                    + structure.classes() + " classes, the data has " + schema.shape() + " and " + schema.classes()
                    + "; give the model of other data another name");
        }
        Vocabulary vocabulary = structure.vocabulary().orElseGet(Vocabulary::none);
        if (!vocabulary.equals(schema.vocabulary())) {
            throw new IllegalArgumentException("retrain.model: " + who
                    + " has another vocabulary than the data; "
                    + vocabulary.remedy(new Path(champion.directory(), "network").toString()));
        }
        Signature known = structure.signature();
        if (known.columns().isEmpty() && !schema.input().names().isEmpty()) {
            context.progress()
                    .warn(
                            who
                                    + " was published without the names of its columns; they are taken in the order of data.train");
        }
        List<String> classes =
                known.classes().isEmpty() ? Schema.named(OnnxModel.classNames(model.onnx(champion))) : known.classes();
        SavedNetwork.requireNames(
                "retrain.model: " + who, new Signature(known.columns(), classes, known.table()), schema.signature());
    }

    @Override
    public ChallengeSection hold(ChallengeInputs inputs) {
        List<Withdrawal> withdrawals = model.withdrawals();
        Optional<Promotion> reign = model.champion();
        Optional<Version> champion = reign.map(last -> model.version(last.version()));
        warnOfShards(inputs, withdrawals, champion);
        Optional<Network> start = start(inputs, champion);
        String from = start.isPresent() ? "champion " + champion.orElseThrow().number() : "scratch";
        Trained trained = inputs.training().train(assignment(inputs, start), inputs.train());
        Network network = trained.network();
        Assessment.Assessed challenger = calibrated(inputs, network);
        ExportSection export = new StudentExport(
                        inputs.context(),
                        inputs.test().schema(),
                        inputs.heldOut(),
                        inputs.recipe().trainer().engine(),
                        inputs.recipe().export())
                .write(
                        challenger,
                        inputs.directory(),
                        CHALLENGER,
                        inputs.student().compactFiles());
        Trial beside = Trial.of(model, inputs, challenger, champion);
        Drift drift = champion.map(version -> drift(inputs, version)).orElseGet(Drift::none);
        Gates.Input trial = beside.input(drift);
        List<Gate> gates = new ArrayList<>(new Gates(
                        inputs.recipe().retrain().gates(),
                        Task.of(inputs.test().schema().target()).score())
                .judge(trial));
        gates.addAll(beside.byClass());
        gates.addAll(returning(network, withdrawals));
        gates.forEach(gate -> inputs.context().progress().say("gate " + gate.verdict() + ": " + gate.sentence()));
        Optional<Promotion> promotion = gates.stream().allMatch(Gate::passed)
                ? Optional.of(promote(inputs, challenger, trial, gates, reign, from))
                : Optional.empty();
        if (promotion.isEmpty()) {
            refuse(inputs, gates);
        }
        return new ChallengeSection(
                model.name(),
                inputs.student().name(),
                inputs.seed(),
                from,
                beside.contenders(trial),
                beside.pairs(),
                gates,
                drift,
                promotion.isPresent() ? ChallengeSection.Outcome.PROMOTED : ChallengeSection.Outcome.REFUSED,
                model.champion().map(Promotion::version).orElse(0),
                export,
                trained.curves());
    }

    /** The challenger as it is shipped. */
    private static Assessment.Assessed calibrated(ChallengeInputs inputs, Network network) {
        Map<String, String> provenance = provenance(inputs);
        Assessment.Assessed raw = inputs.assessment().of("challenger", network, provenance);
        CalibrationStage stage = new CalibrationStage(inputs.scope(), inputs.data(), inputs.assessment());
        return inputs.student()
                .calibration()
                .map(settings -> stage.calibrated("challenger calibrate", raw, settings, inputs.seed(), provenance)
                        .assessed())
                .orElse(raw);
    }

    /** Rows that somebody took a version back for may be among the new ones. */
    private void warnOfShards(ChallengeInputs inputs, List<Withdrawal> withdrawals, Optional<Version> champion) {
        List<String> known = champion.map(model::shards).orElseGet(List::of);
        List<String> now = inputs.train().shards().stream().map(Shard::key).toList();
        for (Withdrawal withdrawal : withdrawals) {
            long brought = withdrawal.broughtAmong(now, known);
            if (brought > 0) {
                inputs.context()
                        .progress()
                        .warn(brought + " of " + now.size() + " training shards came with a version that was"
                                + " rolled back, and no champion learned from them: " + withdrawal.sentence());
            }
        }
    }

    /** No gate where the network is new: one that was taken back does not return by itself. */
    private List<Gate> returning(Network network, List<Withdrawal> withdrawals) {
        String fingerprint = NetworkFiles.fingerprint(network);
        return withdrawals.stream()
                .filter(withdrawal -> withdrawal.hasNetwork(fingerprint))
                .map(withdrawal -> Gate.atMost(
                        "versions rolled back with these parameters",
                        1,
                        0,
                        withdrawal.sentence() + "; " + model.remedy(withdrawal)))
                .toList();
    }

    /** The champion's network where training can begin at it, with the scaling that fits its first layer. */
    private Optional<Network> start(ChallengeInputs inputs, Optional<Version> champion) {
        if (champion.isEmpty() || inputs.recipe().retrain().start() == RetrainSettings.Start.SCRATCH) {
            return Optional.empty();
        }
        Network network = model.network(champion.get());
        Structure planned = inputs.planned();
        Structure known = network.structure().withSignature(planned.signature());
        if (known.withScaling(planned.scaling()).equals(planned)) {
            return Optional.of(new Network(known, network.parameters()));
        }
        inputs.context()
                .progress()
                .say("challenger: starts from scratch, for champion "
                        + champion.get().number() + " has other layers than student '"
                        + inputs.student().name() + "'");
        return Optional.empty();
    }

    private static TrainingStage.Assignment assignment(ChallengeInputs inputs, Optional<Network> start) {
        StudentSettings student = inputs.student();
        return new TrainingStage.Assignment(
                "challenger",
                start.map(Network::structure).orElse(inputs.planned()),
                student.training(),
                student.losses(),
                Optional.of(inputs.softLabels()),
                inputs.recipe().data().viewSeed(),
                inputs.seed(),
                start,
                Mask.none());
    }

    private static Map<String, String> provenance(ChallengeInputs inputs) {
        return Map.of(
                "producer", "retort",
                "recipe", inputs.recipe().name(),
                "student", inputs.student().name(),
                "seed", Long.toString(inputs.seed()));
    }

    /** The files that the run has of the challenger. */
    private static RegisteredModel.Exported exported(ChallengeInputs inputs) {
        Storage storage = inputs.context().storage();
        return new RegisteredModel.Exported(
                storage.read(inputs.directory().file(CHALLENGER + ".onnx")),
                storage.read(inputs.directory().file(CHALLENGER + TestVectors.SUFFIX)));
    }

    private Promotion promote(
            ChallengeInputs inputs,
            Assessment.Assessed challenger,
            Gates.Input trial,
            List<Gate> gates,
            Optional<Promotion> against,
            String from) {
        Dataset train = inputs.train();
        ModelCard card = new ModelCard(
                ModelCard.FORMAT,
                inputs.context()
                        .clock()
                        .instant()
                        .truncatedTo(ChronoUnit.SECONDS)
                        .toString(),
                inputs.recipe().name(),
                inputs.student().name(),
                inputs.seed(),
                inputs.directory().path().toString(),
                key,
                origin.of(inputs.data().source()),
                against.map(Promotion::sequence).orElse(0L),
                from,
                new ModelCard.Data(
                        train.fingerprint(),
                        inputs.judged().fingerprint(),
                        train.samples(),
                        inputs.judged().samples(),
                        train.labelCounts()),
                inputs.teacher(),
                trial.teacherAccuracy(),
                Task.of(inputs.test().schema().target()).score(),
                trial.challenger(),
                gates,
                FeatureShifts.inputs(train)
                        .with(TableWatch.fitted(inputs, against.map(promotion -> model.version(promotion.version())))));
        List<String> shards = train.shards().stream().map(Shard::key).toList();
        Version version = model.add(lease, card, challenger.network(), exported(inputs), shards);
        Promotion promotion = model.promote(lease, version.number(), Retraining.passed(card));
        inputs.context().progress().say("version " + version.number() + " is the champion of '" + model.name() + "'");
        return promotion;
    }

    private void refuse(ChallengeInputs inputs, List<Gate> gates) {
        List<String> reasons = gates.stream()
                .filter(gate -> !gate.passed())
                .map(Gate::sentence)
                .toList();
        model.refuse(
                lease,
                new Rejection(
                        key,
                        inputs.context()
                                .clock()
                                .instant()
                                .truncatedTo(ChronoUnit.SECONDS)
                                .toString(),
                        inputs.directory().path().toString(),
                        reasons));
    }

    private Drift drift(ChallengeInputs inputs, Version champion) {
        Set<String> known = new HashSet<>(model.shards(champion));
        List<Shard> fresh = inputs.train().shards().stream()
                .filter(shard -> !known.contains(shard.key()))
                .toList();
        ModelCard.Data before = champion.card().data();
        Dataset added = new Dataset(inputs.train().schema(), fresh);
        long gone = before.trainSamples() - (inputs.train().samples() - added.samples());
        if (fresh.isEmpty()) {
            return new Drift(0, 0, gone, 0, 0, List.of(), OptionalDouble.empty());
        }
        TableWatch.warn(inputs, champion.card().inputs(), added);
        List<Long> counts = added.labelCounts();
        OptionalDouble teacherAccuracy = inputs.views().isEmpty() || added.labelled() == 0
                ? OptionalDouble.empty()
                : OptionalDouble.of(inputs.assessment()
                        .teacherAccuracy(added, inputs.views().get(0)));
        return new Drift(
                fresh.size(),
                added.samples(),
                gone,
                Drift.totalVariationBetween(before.labelCounts(), counts),
                Drift.stabilityIndexBetween(before.labelCounts(), counts),
                FeatureShifts.of(champion.card().inputs(), added),
                teacherAccuracy);
    }
}
