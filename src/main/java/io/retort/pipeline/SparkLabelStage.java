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
import org.apache.spark.api.java.JavaSparkContext;

/** Has teachers label what they have not labelled yet. */
final class SparkLabelStage {
    private final JavaSparkContext spark;
    private final RunContext context;
    private final Recipe recipe;
    private final RunDirectory directory;
    private final Stopwatch stopwatch;
    private final Dataset train;
    private final Dataset test;
    private LabellingResult total = new LabellingResult(0, 0, 0, Duration.ZERO);

    SparkLabelStage(
            JavaSparkContext spark,
            RunContext context,
            Recipe recipe,
            RunDirectory directory,
            Stopwatch stopwatch,
            Dataset train,
            Dataset test) {
        this.spark = spark;
        this.context = context;
        this.recipe = recipe;
        this.directory = directory;
        this.stopwatch = stopwatch;
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
        directory
                .use()
                .announce(SparkLabelling.sets(
                                train, teacher.source(), all, recipe.labels().codec())
                        .stream()
                        .map(set -> "store/labels/" + set.name())
                        .toList());
        SparkLabelling labelling = new SparkLabelling(spark, context.storage(), context.root());
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
        context.progress()
                .say(title + ": " + result.labelled() + " shards labelled, " + result.reused() + " reused"
                        + " (a shard counts once for each view)");
        total = total.plus(result);
        return new SoftLabels(
                new LabelStore(context.storage(), context.root()),
                teacher.source().fingerprint(),
                recipe.labels().codec().codec(),
                train.schema().classes(),
                teacher.taps());
    }

    /** What all calls together have done. */
    LabellingResult total() {
        return total;
    }
}
