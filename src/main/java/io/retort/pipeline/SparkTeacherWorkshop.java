package io.retort.pipeline;

import io.retort.data.Dataset;
import io.retort.data.View;
import io.retort.engine.onnx.ExportedNetwork;
import io.retort.engine.onnx.OnnxModel;
import io.retort.network.Cost;
import io.retort.network.Mask;
import io.retort.network.Network;
import io.retort.network.NetworkFiles;
import io.retort.predict.ModelFacts;
import io.retort.predict.ModelHandle;
import io.retort.predict.ProbeReport;
import io.retort.softlabel.LabelRequest;
import io.retort.softlabel.Labeller;
import io.retort.softlabel.NetworkTeacher;
import io.retort.softlabel.SoftLabels;
import io.retort.softlabel.SparkModelLabeller;
import io.retort.softlabel.TeacherModel;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** Trains the networks of teachers on Spark. */
final class SparkTeacherWorkshop implements TeacherWorkshop {
    private final SparkScope scope;
    private final SparkTrainingStage training;
    private final SparkLabelStage labels;
    private final Dataset train;
    private final long viewSeed;

    SparkTeacherWorkshop(SparkScope scope, SparkTrainingStage training, SparkLabelStage labels, Dataset train) {
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
    public Trained distil(PlannedNetwork network, ReadyTeacher taughtBy) {
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
                new SparkTrainingStage.Assignment(
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
    public List<ReadyTeacher> sideBySide(List<? extends Supplier<ReadyTeacher>> teachers) {
        return scope.sideBySide().all(teachers);
    }

    @Override
    public ProbeReport probe(PlannedModel model) {
        int batchSize = scope.recipe().labels().batchSize();
        SparkProbing probing = new SparkProbing(scope.spark(), scope.shards(), train, batchSize);
        ProbeReport report = scope.slots().beside(() -> scope.stopwatch().time("probe", () -> probing.report(model)));
        probing.lines(report).forEach(line -> scope.context().progress().say(model.title() + ": " + line));
        return report;
    }

    @Override
    public Labeller labeller(TeacherModel model) {
        return new SparkModelLabeller(
                scope.spark(), scope.models(), scope.recipe().labels(), model);
    }

    @Override
    public ReadyTeacher ready(String title, Trained trained) {
        Network network = trained.network();
        byte[] onnx = OnnxModel.bytes(network, train.schema().classNames(), Map.of("producer", "retort"));
        ModelHandle model = new ExportedNetwork(onnx);
        Cost cost = Cost.of(network.structure());
        ModelFacts facts = ModelFacts.of(cost.trainedParameters(), cost.macs(), onnx.length);
        return new ReadyTeacher(
                labeller(new NetworkTeacher(network, model)),
                Optional.of(model),
                Optional.of(network),
                NetworkFiles.fingerprint(network),
                List.of(new ReadyTeacher.Part(title, model, facts, trained.curves(), List.of())));
    }
}
