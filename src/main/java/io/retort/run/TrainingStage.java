package io.retort.run;

import io.retort.data.LabelColumns;
import io.retort.data.Labels;
import io.retort.data.View;
import io.retort.data.shard.Dataset;
import io.retort.data.shard.RowCounts.LabelMoments;
import io.retort.data.shard.ShardRows;
import io.retort.data.shard.ShardStore;
import io.retort.distill.Compute;
import io.retort.distill.Engine;
import io.retort.distill.Trainer;
import io.retort.distill.Trainer.StepTimes;
import io.retort.distill.Trainer.TrainingListener;
import io.retort.distill.Trainer.TrainingResult;
import io.retort.distill.TrainingSettings;
import io.retort.distill.TrainingTask;
import io.retort.distill.loss.LossSettings;
import io.retort.label.SoftLabels;
import io.retort.network.ChannelMoments;
import io.retort.network.Cost;
import io.retort.network.Mask;
import io.retort.network.Network;
import io.retort.network.NetworkFiles;
import io.retort.network.OutputScaling;
import io.retort.network.Structure;
import io.retort.recipe.Kinds;
import io.retort.report.CurveSection;
import io.retort.report.Report;
import io.retort.run.SideBySide.OneAtATime;
import io.retort.run.progress.Progress;
import io.retort.run.progress.Stopwatch;
import io.retort.run.progress.TimeLeft;
import io.retort.run.record.EpochMetrics;
import io.retort.run.record.Manifest;
import io.retort.run.record.NetworkStore;
import io.retort.run.record.RunContext;
import io.retort.run.record.RunDirectory;
import io.retort.spark.ParallelTasks;
import io.retort.spark.TaskSlots;
import io.retort.storage.Digest;
import io.retort.teacher.TeacherTrainer.Trained;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;

/** Trains networks, or takes from the store what was trained before from the same things. */
public final class TrainingStage {
    /** Part of every fingerprint: raise it when the same task would give another network. */
    private static final String CODE = "train/5";

    private final RunScope scope;
    private final RunContext context;
    private final RunDirectory directory;
    private final Stopwatch stopwatch;
    private final NetworkStore networks;
    private final Trainer trainer;
    private final String trainerFingerprint;
    private final Consumer<String> details;
    private final TimeLeft timeLeft;
    private final OneAtATime trainings = new OneAtATime();

    /**
     * @param trainerFingerprint tells trainers apart that give different networks; the number of replicas is part of it
     * @param details receives sentences on how each training is computed
     */
    TrainingStage(RunScope scope, Trainer trainer, String trainerFingerprint, Consumer<String> details) {
        this.scope = scope;
        this.context = scope.context();
        this.directory = scope.directory();
        this.stopwatch = scope.stopwatch();
        this.networks = new NetworkStore(context.storage(), context.root());
        this.trainer = trainer;
        this.trainerFingerprint = trainerFingerprint;
        this.details = details;
        this.timeLeft = new TimeLeft(context.clock(), context.progress());
    }

    /**
     * What is trained, apart from the data set and the trainer.
     *
     * @param start where the training begins, of the same structure; nothing for the parameters that the seed gives
     * @param mask the weights that are 0 at the start and stay so
     */
    public record Assignment(
            String title,
            Structure structure,
            TrainingSettings training,
            List<LossSettings> losses,
            Optional<SoftLabels> softLabels,
            long viewSeed,
            long seed,
            Optional<Network> start,
            Mask mask) {}

    /** Warns of budgets that come to few optimiser steps and of settings that cost accuracy, each once. */
    void warnOfSteps(List<TrainingSettings> budgets, Dataset dataset) {
        for (TrainingSettings budget : budgets) {
            int batchSize = budget.batchSize();
            DataWarnings.ofSteps(trainer.stepsPerEpoch(dataset, batchSize), batchSize, dataset)
                    .forEach(context.progress()::warn);
            trainer.warning(dataset, budget).ifPresent(context.progress()::warn);
        }
    }

    /**
     * Trains on these rows; what does not listen to a teacher on those of them that have a label, with as many
     * optimiser steps as if it had them all. Of several that ask for the same network at once, one trains it.
     */
    public Trained train(Assignment assignment, Dataset rows) {
        TrainingTask task = task(assignment, rows);
        List<LossSettings> losses = task.losses();
        directory
                .use()
                .announce(List.of("store/networks/" + task.id(), "store/checkpoints/" + task.id() + ".safetensors"));
        EpochMetrics.Training metrics = directory
                .metrics()
                .begin(assignment.title(), assignment.seed(), CurveSection.objective(losses), task.passes());
        TrainingResult result = trainings.of(
                task.id(),
                () -> networks.find(task.id())
                        .map(known -> reused(assignment, task, known))
                        .orElseGet(() -> made(assignment, task, metrics)));
        metrics.completed(result.curve());
        return new Trained(result.network(), CurveSection.of(result.curve(), losses));
    }

    /** What a trainer is given. */
    TrainingTask task(Assignment assignment, Dataset rows) {
        List<LossSettings> losses = assignment.losses().stream()
                .map(loss -> loss.fitted(rows.labels()))
                .toList();
        boolean taught = losses.stream().anyMatch(loss -> loss.source() == LossSettings.Source.TEACHER);
        OutputScaling outputs = outputScaling(assignment, rows, taught);
        Dataset dataset = taught ? rows : rows.labelledRows();
        long budgetRows = rows.samples();
        return new TrainingTask(
                fingerprint(assignment, losses, dataset, budgetRows, taught),
                assignment.structure(),
                assignment.training(),
                losses,
                dataset,
                budgetRows,
                scope.shards(),
                taught ? assignment.softLabels().stream().toList() : List.of(),
                assignment.start().map(outputs::standardised).stream().toList(),
                assignment.mask(),
                outputs,
                assignment.viewSeed(),
                assignment.seed(),
                Compute.by(Engine.DL4J)); // a trainer chooses its own
    }

    /** Of numbers, by the labels; where there are none, by the teacher's. */
    private OutputScaling outputScaling(Assignment assignment, Dataset rows, boolean taught) {
        if (rows.schema().target().kind() != LabelColumns.Kind.NUMBERS) {
            return OutputScaling.NONE;
        } else if (rows.labelled() > 0 || !taught) {
            return OutputScaling.of(rows.labelMoments());
        }
        SoftLabels teacher = assignment.softLabels().orElseThrow();
        View seen = assignment
                .training()
                .views()
                .views(assignment.viewSeed(), rows.schema().shape())
                .get(0);
        ShardStore store = scope.shards();
        Dataset of = rows.withoutShards();
        return OutputScaling.of(ParallelTasks.collect(scope.spark(), rows.shards(), shard -> {
                    ShardRows some = store.read(of, shard);
                    int width = of.schema().classes();
                    float[] numbers = some.of(teacher.read(seen, shard, some.wholeIds()), width);
                    return LabelMoments.of(new Labels(numbers, width));
                })
                .stream()
                .map(LabelMoments::moments)
                .reduce(ChannelMoments.none(rows.schema().classes()), ChannelMoments::plus));
    }

    private TrainingResult reused(Assignment assignment, TrainingTask task, TrainingResult known) {
        context.progress().say(assignment.title() + ": trained before, taken from the store");
        directory.stage(new Manifest.Stage(assignment.title(), task.id(), Manifest.Outcome.REUSED, 0));
        return known;
    }

    private TrainingResult made(Assignment assignment, TrainingTask task, EpochMetrics.Training metrics) {
        TrainingResult standardised = inTurn(task, assignment.title(), metrics);
        TrainingResult trained =
                new TrainingResult(task.outputScaling().inUnits(standardised.network()), standardised.curve());
        networks.write(task.id(), trained);
        directory.stage(new Manifest.Stage(
                assignment.title(),
                task.id(),
                Manifest.Outcome.DONE,
                stopwatch.timings().get(Report.training(assignment.title()))));
        return trained;
    }

    private TrainingResult inTurn(TrainingTask task, String title, EpochMetrics.Training metrics) {
        double work = work(task);
        try (TimeLeft.Training left = timeLeft.training(work);
                TaskSlots.Training place = scope.slots().enter(work)) {
            return stopwatch.time(Report.training(title), () -> train(task, title, place, left, metrics));
        }
    }

    private TrainingResult train(
            TrainingTask task,
            String name,
            TaskSlots.Training place,
            TimeLeft.Training left,
            EpochMetrics.Training metrics) {
        String title = Report.training(name);
        int epochs = task.passes();
        double samples = task.training().epochs() * (double) task.budgetRows();
        directory.begins(name);
        left.begins();
        try (Progress.Stage stage = context.progress()
                .begin(title, task.dataset().schema().noun(), task.training().epochs() * task.budgetRows())) {
            return trainer.train(task, place, new TrainingListener() {
                private boolean saidThatSlotsRest;

                @Override
                public void computedBy(String engine) {
                    stopwatch.computedBy(engine);
                    details.accept(title + ": computed by " + engine);
                }

                @Override
                public void spread(int ranks, int lanes, int slots, StepTimes times) {
                    stopwatch.spread(title, ranks, lanes, slots, times);
                    if (ranks < slots && !saidThatSlotsRest) {
                        saidThatSlotsRest = true;
                        details.accept(title + ": "
                                + restingSlots(
                                        ranks, lanes, slots, task.training().batchSize()));
                    }
                }

                @Override
                public void roundFinished(int epoch, long worked, double loss) {
                    stage.note(String.format(Locale.ROOT, "epoch %d/%d, loss %.4f", epoch + 1, epochs, loss));
                    stage.advance(worked);
                    stopwatch.count(title, worked);
                    left.did(worked / samples);
                }

                @Override
                public void epochFinished(int epoch, double loss, double learningRate) {
                    stage.note(String.format(Locale.ROOT, "epoch %d/%d, mean loss %.4f", epoch + 1, epochs, loss));
                    goesOnAfter(epoch + 1);
                    metrics.epoch(epoch + 1, loss, learningRate);
                }

                @Override
                public void resumed(int done) {
                    stage.skip(done * task.dataset().samples());
                    left.skips((double) done / epochs);
                    goesOnAfter(done);
                    context.progress().say(title + ": goes on after epoch " + done + " of " + epochs);
                }

                private void goesOnAfter(int done) {
                    if (trainer.keepsCheckpoints()) {
                        directory.goesOnAfter(name, done, epochs);
                    }
                }
            });
        }
    }

    private static String restingSlots(int ranks, int lanes, int slots, int batchSize) {
        String used = ranks + " of " + slots + " slots, for a batch of " + batchSize + " samples ";
        return ranks < lanes
                ? used + "in " + lanes + " parts is no faster on more"
                : used + (lanes == 1 ? "is not cut into parts" : "is cut into " + lanes + " parts")
                        + "; more would need a larger batch-size or a smaller trainer.micro-batch, see docs/SCALING.md";
    }

    /** What it takes beside other trainings: multiply-accumulates of all passes forward. */
    static double work(TrainingTask task) {
        return (double) task.training().epochs()
                * task.budgetRows()
                * Cost.of(task.structure()).macs();
    }

    private String fingerprint(
            Assignment assignment, List<LossSettings> losses, Dataset dataset, long budgetRows, boolean taught) {
        Digest digest = new Digest()
                .add(CODE)
                .add(NetworkFiles.structureJson(assignment.structure()))
                .add(Kinds.canonical().address(assignment.training()))
                .add(dataset.fingerprint())
                .add(trainerFingerprint)
                .add(assignment.viewSeed())
                .add(assignment.seed());
        for (LossSettings loss : losses) {
            digest.add(Kinds.canonical().address((Record) loss));
        }
        if (budgetRows != dataset.samples()) {
            digest.add(budgetRows);
        }
        if (taught) {
            SoftLabels labels = assignment.softLabels().orElseThrow();
            digest.add(labels.origin()).add(labels.codec().name());
        }
        assignment.start().ifPresent(start -> digest.add(NetworkFiles.fingerprint(start)));
        if (!assignment.mask().isNone()) {
            digest.add(assignment.mask().fingerprint());
        }
        return digest.key();
    }
}
