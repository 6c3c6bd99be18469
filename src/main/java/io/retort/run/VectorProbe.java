package io.retort.run;

import io.retort.data.LabelColumns;
import io.retort.data.View;
import io.retort.data.shard.Dataset;
import io.retort.data.shard.RowFilter;
import io.retort.data.shard.RowFilterPass;
import io.retort.evaluate.AnsweredRows;
import io.retort.evaluate.Evaluation;
import io.retort.evaluate.Evaluator;
import io.retort.evaluate.LinearProbe;
import io.retort.label.SoftLabels;
import io.retort.plan.Plan;
import io.retort.predict.Model.ModelHandle;
import io.retort.recipe.DataSettings;
import io.retort.run.DataStage.RunData;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * Judges vectors by the classes of their rows: a {@link LinearProbe} is fitted to those of training rows and counts on
 * held-out ones. Of both so many come to the driver as it has room for.
 *
 * @param view in which the teacher has labelled the training rows
 */
record VectorProbe(JavaSparkContext spark, Evaluator evaluator, Dataset train, Dataset test, View view) {
    private static final String ACCURACY = "probe-accuracy";
    private static final int MOST_ROWS = 10_000;
    private static final int MOST_VALUES = 4_000_000;

    /** Nothing where networks give no vectors, or training or held-out rows have no labels. */
    static Optional<VectorProbe> of(RunScope scope, Evaluator evaluator, RunData data) {
        Dataset test = data.test().labelledRows();
        if (test.schema().target().kind() != LabelColumns.Kind.EMBEDDING || test.samples() == 0) {
            return Optional.empty();
        }
        Dataset train = trainingRows(scope, data.source()).labelledRows();
        return Plan.taughtViews(scope.recipe(), train.schema().shape()).stream()
                .filter(view -> train.samples() > 0)
                .findFirst()
                .map(view -> new VectorProbe(scope.spark(), evaluator, train, test, view));
    }

    /** With their labels, from which nothing learns; without those of a validation split, on which may be judged. */
    private static Dataset trainingRows(RunScope scope, Dataset source) {
        return scope.recipe()
                .data()
                .validation()
                .flatMap(DataSettings.Validation::fraction)
                .map(part ->
                        new RowFilterPass(scope.spark(), scope.shards()).side(source, RowFilter.Side.TRAINING, part))
                .orElse(source);
    }

    /** A name that changes with all that a probe's result depends on, the network and the held-out rows apart. */
    String key() {
        return "probe/1 " + train.fingerprint() + " " + view.fingerprint();
    }

    /** The figures of a network with what a probe of its vectors finds. */
    Evaluation ofModel(Evaluation figures, ModelHandle model) {
        return with(figures, evaluator.given(train, model, most()), evaluator.given(test, model, most()));
    }

    /** The figures of the teacher, likewise. */
    Evaluation ofTeacher(Evaluation figures, SoftLabels teacher) {
        return with(
                figures,
                evaluator.taught(train, teacher, view, most()),
                evaluator.taught(test, teacher, View.plain(), most()));
    }

    private int most() {
        return Math.min(MOST_ROWS, MOST_VALUES / train.schema().classes());
    }

    private Evaluation with(Evaluation figures, AnsweredRows fitted, AnsweredRows judged) {
        int classes = train.schema().target().classes().size();
        return LinearProbe.accuracy(spark, fitted, judged, classes).stream()
                .mapToObj(accuracy -> figures.with(Map.of(ACCURACY, accuracy)))
                .findFirst()
                .orElse(figures);
    }
}
