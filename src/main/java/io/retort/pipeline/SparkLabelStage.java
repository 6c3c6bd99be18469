package io.retort.pipeline;

import io.retort.data.Dataset;
import io.retort.data.View;
import io.retort.softlabel.LabelStore;
import io.retort.softlabel.LabellingResult;
import io.retort.softlabel.SoftLabels;
import io.retort.softlabel.SparkLabelling;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** Has teachers label what they have not labelled yet. */
final class SparkLabelStage {
    private final SparkScope scope;
    private final RunContext context;
    private final Recipe recipe;
    private final Stopwatch stopwatch;
    private final Dataset train;
    private final Dataset test;
    private final OneAtATime teachers = new OneAtATime();
    private LabellingResult total = new LabellingResult(0, 0, 0, Duration.ZERO);

    SparkLabelStage(SparkScope scope, Dataset train, Dataset test) {
        this.scope = scope;
        this.context = scope.context();
        this.recipe = scope.recipe();
        this.stopwatch = scope.stopwatch();
        this.train = train;
        this.test = test;
    }

    /**
     * Labels these views of the training samples, and the held-out samples as they are.
     *
     * @param title of the labels, for people
     */
    SoftLabels label(String title, ReadyTeacher teacher, List<View> views) {
        long samples = views.size() * train.samples() + test.samples();
        List<View> all = Stream.concat(Stream.of(View.plain()), views.stream()).toList();
        scope.directory()
                .use()
                .announce(SparkLabelling.sets(
                                train, teacher.source(), all, recipe.labels().codec())
                        .stream()
                        .map(set -> "store/labels/" + set.name())
                        .toList());
        LabellingResult result = teachers.of(
                teacher.source().fingerprint(), () -> scope.slots().beside(() -> label(teacher, views, samples)));
        context.progress()
                .say(title + ": " + result.labelled() + " shards labelled, " + result.reused() + " reused"
                        + " (a shard counts once for each view)");
        add(result);
        return new SoftLabels(
                new LabelStore(context.storage(), context.root()),
                teacher.source().fingerprint(),
                recipe.labels().codec().codec(),
                train.schema().classes(),
                teacher.taps());
    }

    private LabellingResult label(ReadyTeacher teacher, List<View> views, long samples) {
        SparkLabelling labelling = new SparkLabelling(scope.spark(), context.storage(), context.root());
        LabellingResult result = stopwatch.time("label", () -> {
            try (Progress.Stage stage =
                    context.progress().begin("label", train.schema().noun(), samples)) {
                LabellingResult ofTest =
                        labelling.label(test, teacher.source(), List.of(View.plain()), recipe.labels(), stage::advance);
                LabellingResult ofTrain =
                        labelling.label(train, teacher.source(), views, recipe.labels(), stage::advance);
                return ofTest.plus(ofTrain);
            }
        });
        stopwatch.count("label", result.samples());
        if (result.labelled() > 0) {
            labelling.requireUnchanged(test, teacher.source(), recipe.labels());
        }
        return result;
    }

    private synchronized void add(LabellingResult result) {
        total = total.plus(result);
    }

    /** What all calls together have done. */
    synchronized LabellingResult total() {
        return total;
    }
}
