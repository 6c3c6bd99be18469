package io.retort.pipeline;

import io.retort.data.Dataset;
import io.retort.data.View;
import io.retort.engine.Tap;
import io.retort.engine.onnx.OnnxModel;
import io.retort.softlabel.LabellingResult;
import io.retort.softlabel.SparkTapLabelling;
import io.retort.softlabel.TapCodec;
import io.retort.teacher.NetworkTeacher;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Stores what the teacher's taps say of the training samples, for those students that learn from them. */
final class SparkTapStage {
    private final SparkScope scope;
    private final RunContext context;
    private final Recipe recipe;

    SparkTapStage(SparkScope scope) {
        this.scope = scope;
        this.context = scope.context();
        this.recipe = scope.recipe();
    }

    /** Says what taps will cost, before anything is spent. */
    void foretell(Dataset train, Map<String, List<Tap>> taps) {
        for (StudentSettings student : recipe.students()) {
            List<Tap> ofStudent = taps.get(student.name());
            if (!ofStudent.isEmpty()) {
                long bytes = ofStudent.stream()
                        .mapToLong(tap -> new TapCodec(tap).bytes())
                        .sum();
                int views = views(student, train).size();
                context.progress()
                        .say("taps of " + student.name() + ": "
                                + ofStudent.stream()
                                        .map(tap -> tap.node() + " " + tap.source() + " as " + tap.shape())
                                        .collect(Collectors.joining(", "))
                                + String.format(
                                        Locale.ROOT,
                                        "; %d bytes a row and view, %.1f MB for %d %s in %d views",
                                        bytes,
                                        bytes * views * train.samples() / 1e6,
                                        train.samples(),
                                        train.schema().noun(),
                                        views));
            }
        }
    }

    /** @param taps by the student's name */
    void label(Dataset train, ReadyTeacher teacher, Map<String, List<Tap>> taps) {
        for (StudentSettings student : recipe.students()) {
            List<Tap> ofStudent = taps.get(student.name());
            if (!ofStudent.isEmpty()) {
                label(student, train, teacher, ofStudent);
            }
        }
    }

    private void label(StudentSettings student, Dataset train, ReadyTeacher teacher, List<Tap> taps) {
        String fingerprint = teacher.source().fingerprint();
        List<View> views = views(student, train);
        long samples = views.size() * train.samples();
        scope.directory()
                .use()
                .announce(SparkTapLabelling.sets(fingerprint, taps, views).stream()
                        .map(set -> "store/labels/" + set.name())
                        .toList());
        NetworkTeacher.Source source =
                NetworkTeacher.Source.ofTaps(OnnxModel.taps(teacher.alone().orElseThrow(), taps));
        LabellingResult result = scope.stopwatch().time("label taps", () -> {
            try (Progress.Stage stage =
                    context.progress().begin("label taps", train.schema().noun(), samples)) {
                return new SparkTapLabelling(scope.spark(), context.storage(), context.root())
                        .label(
                                train,
                                fingerprint,
                                source,
                                taps,
                                views,
                                recipe.labels().batchSize(),
                                stage::advance);
            }
        });
        scope.stopwatch().count("label taps", result.samples());
        context.progress()
                .say("taps of " + student.name() + ": " + result.labelled() + " shards labelled, " + result.reused()
                        + " reused (a shard counts once for each view)");
    }

    private List<View> views(StudentSettings student, Dataset train) {
        return student.training()
                .views()
                .views(recipe.data().viewSeed(), train.schema().shape());
    }
}
