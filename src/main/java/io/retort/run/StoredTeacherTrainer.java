package io.retort.run;

import io.retort.data.View;
import io.retort.data.encode.RowNumbers;
import io.retort.data.encode.RowNumbers.TablePicks;
import io.retort.data.shard.Dataset;
import io.retort.data.shard.Shard;
import io.retort.data.shard.TableFit;
import io.retort.engine.onnx.write.ExportedNetwork;
import io.retort.engine.onnx.write.OnnxModel;
import io.retort.label.AveragedLabeller;
import io.retort.label.EnsembleModel;
import io.retort.label.Labeller;
import io.retort.label.Labeller.LabelRequest;
import io.retort.label.ModelLabeller;
import io.retort.label.SoftLabels;
import io.retort.label.TeacherModel;
import io.retort.label.TeacherModel.FeatureModel;
import io.retort.label.TeacherModel.NetworkTeacher;
import io.retort.label.sparkml.ClassifierFit;
import io.retort.label.sparkml.DataFrameLabeller;
import io.retort.label.sparkml.Estimators.EstimatorSettings;
import io.retort.label.sparkml.PipelineTeacher;
import io.retort.network.Cost;
import io.retort.network.Mask;
import io.retort.network.Network;
import io.retort.network.NetworkFiles;
import io.retort.predict.Model.ModelFacts;
import io.retort.predict.Model.ModelHandle;
import io.retort.predict.ProbeReport;
import io.retort.recipe.Kinds;
import io.retort.run.ProbePass.Probing;
import io.retort.run.progress.Progress;
import io.retort.teacher.PlannedTeacher.PlannedModel;
import io.retort.teacher.PlannedTeacher.PlannedNetwork;
import io.retort.teacher.TeacherTrainer;
import io.retort.teacher.TeacherTrainer.Trained;
import io.retort.teacher.TrainedTeacher;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** Trains the networks of teachers on Spark. */
final class StoredTeacherTrainer implements TeacherTrainer {
    private final RunScope scope;
    private final TrainingStage training;
    private final LabelStage labels;
    private final Dataset train;
    private final long viewSeed;

    StoredTeacherTrainer(RunScope scope, TrainingStage training, LabelStage labels, Dataset train) {
        this.scope = scope;
        this.training = training;
        this.labels = labels;
        this.train = train;
        this.viewSeed = scope.recipe().data().viewSeed();
    }

    @Override
    public Trained train(PlannedNetwork network) {
        return train(network, Optional.empty());
    }

    @Override
    public Trained distil(PlannedNetwork network, TrainedTeacher taughtBy) {
        List<View> views = network.training()
                .orElseThrow()
                .settings()
                .views()
                .views(viewSeed, train.schema().shape());
        List<LabelRequest> requests =
                views.stream().map(view -> new LabelRequest(view, List.of())).toList();
        return train(network, Optional.of(labels.label("labels for " + network.title(), taughtBy, requests)));
    }

    private Trained train(PlannedNetwork network, Optional<SoftLabels> softLabels) {
        PlannedNetwork.Training how = network.training().orElseThrow();
        return training.train(
                new TrainingStage.Assignment(
                        network.title(),
                        network.structure(),
                        how.settings(),
                        how.losses(),
                        softLabels,
                        viewSeed,
                        how.seed(),
                        Optional.empty(),
                        Mask.none()),
                softLabels.isPresent() ? train : train.labelledRows());
    }

    @Override
    public ClassifierFit.Fitted fit(EstimatorSettings estimator, Fitting how) {
        if (how.folds() == 1) {
            scope.context()
                    .progress()
                    .warn(how.title() + " labels the rows that it is fitted on, so it tells little more than their"
                            + " labels; set folds = 5, or let most rows have no label");
        }
        Dataset labelled = labelled();
        ClassifierFit.Plan plan = new ClassifierFit.Plan(
                estimator,
                Kinds.canonical().address((Record) estimator),
                how.columns(),
                fitted(how.picks(), labelled),
                how.folds(),
                how.seed(),
                how.floor(),
                how.features());
        ClassifierFit fit =
                new ClassifierFit(scope.spark(), scope.models(), scope.recipe().labels(), labelled);
        long models = how.folds() == 1 ? 1 : how.folds() + 1L;
        return scope.slots().beside(() -> {
            how.features().ifPresent(features -> makeFeatures(how.title(), fit, features, labelled));
            try (Progress.Stage stage = scope.context().progress().begin("fit " + how.title(), "models", models)) {
                return scope.stopwatch().time("fit " + how.title(), () -> fit.fitted(plan, stage::advance));
            }
        });
    }

    /** Shards without such a row are no part of the key: new ones of them need no new fit, and no new labels. */
    private Dataset labelled() {
        return train.labelledRows().where(part -> part.rows() > 0);
    }

    /** Fills in means and dictionaries from all rows of the shards with labelled rows. */
    private RowNumbers fitted(RowNumbers picks, Dataset labelled) {
        return picks instanceof TablePicks table
                ? table.with(new TableFit(
                                scope.spark(),
                                scope.models().storage(),
                                scope.models().root())
                        .of(
                                labelled.with(table.unfitted()),
                                scope.recipe().data().categories(),
                                scope.models().use()))
                : picks;
    }

    /** Of whole shards, whose other rows need them later. */
    private void makeFeatures(String title, ClassifierFit fit, FeatureModel features, Dataset labelled) {
        String what = "features of " + title;
        long rows = labelled.shards().stream().mapToLong(Shard::samples).sum();
        try (Progress.Stage stage =
                scope.context().progress().begin(what, train.schema().noun(), rows)) {
            scope.stopwatch().time(what, () -> {
                fit.makeFeatures(features, stage::advance);
                return rows;
            });
        }
    }

    @Override
    public List<TrainedTeacher> sideBySide(List<? extends Supplier<TrainedTeacher>> teachers) {
        return scope.sideBySide().all(teachers);
    }

    @Override
    public ProbeReport probe(PlannedModel model) {
        Probing probing = probing();
        ProbeReport report = scope.slots().beside(() -> scope.stopwatch().time("probe", () -> probing.report(model)));
        probing.lines(report).forEach(line -> scope.context().progress().say(model.title() + ": " + line));
        return report;
    }

    @Override
    public float[] ask(ModelHandle model) {
        return scope.slots()
                .beside(() -> scope.stopwatch().time("probe", () -> probing().answers(model)));
    }

    private Probing probing() {
        return new Probing(
                scope.spark(), scope.shards(), train, scope.recipe().labels().batchSize());
    }

    @Override
    public Labeller labeller(TeacherModel model) {
        return new ModelLabeller(scope.spark(), scope.models(), scope.recipe().labels(), model);
    }

    @Override
    public Labeller labeller(PipelineTeacher pipeline, Set<String> versions) {
        String here = scope.spark().version();
        if (!versions.equals(Set.of(here))) {
            scope.context()
                    .progress()
                    .warn("the teacher " + pipeline.path() + " was saved by Spark " + String.join(", ", versions)
                            + " and is read by " + here
                            + ", which may answer otherwise; look at its agreement with the labels");
        }
        return new DataFrameLabeller(
                scope.spark(), scope.models(), scope.recipe().labels(), pipeline);
    }

    @Override
    public Labeller average(List<Labeller> members, List<Double> weights, EnsembleModel.Average average) {
        return new AveragedLabeller(
                scope.spark(), scope.models(), scope.recipe().labels(), members, weights, average);
    }

    @Override
    public TrainedTeacher ready(String title, Trained trained) {
        Network network = trained.network();
        byte[] onnx = OnnxModel.bytes(network, train.schema().classNames(), Map.of("producer", "retort"));
        ModelHandle model = new ExportedNetwork(onnx);
        Cost cost = Cost.of(network.structure());
        ModelFacts facts = ModelFacts.of(cost.trainedParameters(), cost.macs(), onnx.length);
        return new TrainedTeacher(
                labeller(new NetworkTeacher(network, model)),
                Optional.of(model),
                Optional.of(network),
                NetworkFiles.fingerprint(network),
                List.of(new TrainedTeacher.Part(title, model, facts, trained.curves(), List.of())));
    }
}
