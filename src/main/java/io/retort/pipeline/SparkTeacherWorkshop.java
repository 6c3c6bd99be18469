package io.retort.pipeline;

import io.retort.data.Dataset;
import io.retort.data.View;
import io.retort.engine.onnx.OnnxModel;
import io.retort.network.Mask;
import io.retort.network.Network;
import io.retort.network.NetworkFiles;
import io.retort.softlabel.SoftLabels;
import io.retort.teacher.NetworkTeacher;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** Trains the networks of teachers on Spark. */
final class SparkTeacherWorkshop implements TeacherWorkshop {
    private final SideBySide sideBySide;
    private final SparkTrainingStage training;
    private final SparkLabelStage labels;
    private final Dataset train;
    private final long viewSeed;

    SparkTeacherWorkshop(SparkScope scope, SparkTrainingStage training, SparkLabelStage labels, Dataset train) {
        this.sideBySide = scope.sideBySide();
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
        return train(network, Optional.of(labels.label("labels for " + network.title(), taughtBy, views)));
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
                train);
    }

    @Override
    public List<ReadyTeacher> sideBySide(List<? extends Supplier<ReadyTeacher>> teachers) {
        return sideBySide.all(teachers);
    }

    @Override
    public ReadyTeacher ready(String title, Trained trained) {
        Network network = trained.network();
        byte[] onnx = OnnxModel.bytes(network, train.schema().classNames(), Map.of("producer", "retort"));
        return new ReadyTeacher(
                new NetworkTeacher.Source(onnx),
                NetworkFiles.fingerprint(network),
                List.of(new ReadyTeacher.Part(title, network, onnx, trained.curves())));
    }
}
