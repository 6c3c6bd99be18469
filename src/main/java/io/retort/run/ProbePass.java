package io.retort.run;

import io.retort.data.Labels;
import io.retort.data.Rows;
import io.retort.data.ShownRows;
import io.retort.data.View;
import io.retort.data.shard.Dataset;
import io.retort.data.shard.RowSampler;
import io.retort.data.shard.ShardStore;
import io.retort.data.shard.Sharding;
import io.retort.evaluate.Task;
import io.retort.label.TextLengths;
import io.retort.network.Vocabulary;
import io.retort.plan.NamedData;
import io.retort.plan.Plan;
import io.retort.predict.Model;
import io.retort.predict.Model.ModelHandle;
import io.retort.predict.OutputKind;
import io.retort.predict.Probe;
import io.retort.predict.ProbeReport;
import io.retort.predict.ProbeReport.Finding;
import io.retort.predict.ProbeReport.Severity;
import io.retort.recipe.DataSettings;
import io.retort.recipe.Recipe;
import io.retort.run.record.RunContext;
import io.retort.teacher.PlannedTeacher.PlannedModel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * Asks the models from elsewhere that a recipe's teacher is made of, as a run does before it labels; nothing is
 * labelled or trained.
 */
public record ProbePass(JavaSparkContext spark, RunContext context, Recipe recipe) {
    /**
     * A model.
     *
     * @param lines what its file shows and what was found, for people
     * @param refusal why a run would label nothing
     */
    public record Probed(String title, List<String> lines, Optional<String> refusal) {}

    /** The teacher's models in their order; none where it is made of networks of ours alone. */
    public List<Probed> execute() {
        Plan plan = Plan.ahead(recipe, context.storage());
        List<PlannedModel> models = plan.teacher().models();
        if (models.isEmpty()) {
            return List.of();
        }
        DataSettings data = NamedData.of(context.storage(), recipe).settings();
        // A cleaning at this moment may remove shards that no run uses; then this fails, and is started again.
        Dataset train = new Sharding(spark, context.storage(), context.root())
                .shard(data.train(), data.samplesPerShard(), Vocabulary.none(), entries -> {});
        Probing probing = new Probing(
                spark,
                new ShardStore(context.storage(), context.root()),
                train,
                recipe.labels().batchSize());
        List<Probed> probed = new ArrayList<>();
        for (PlannedModel model : models) {
            ProbeReport report = probing.report(model);
            List<String> lines = new ArrayList<>(model.description());
            lines.addAll(probing.lines(report));
            probed.add(new Probed(model.title(), lines, report.refusal()));
        }
        return probed;
    }

    /** Asks a model from elsewhere about rows from all over the training data, on the driver. */
    record Probing(JavaSparkContext spark, ShardStore shards, Dataset train, int batchSize) {
        /** Enough to tell a teacher from chance, and few enough for a slow one. */
        private static final int ROWS = 256;

        ProbeReport report(PlannedModel planned) {
            Rows rows = rows();
            Map<String, Probe.Answers> otherScales = new TreeMap<>();
            planned.otherScales()
                    .forEach((setting, other) -> otherScales.put(setting, (first, count) -> {
                        try (Model model = other.open(1)) {
                            return answers(model, rows, first, count);
                        }
                    }));
            try (Model model = planned.model().open(1)) {
                Probe.Expected expected = expected(planned);
                Probe.Answers answers = (first, count) -> answers(model, rows, first, count);
                boolean ofClass = expected.target() == Probe.Predicted.CLASS;
                int[] labels = ofClass ? rows.labels().classes() : unlabelled(rows.count());
                ProbeReport report = Probe.of(answers, otherScales, labels, expected, System::nanoTime)
                        .with(planned.texts().map(texts -> lengths(texts, rows)));
                return ofClass
                                || planned.embedding().isPresent()
                                || report.refusal().isPresent()
                        ? report
                        : report.with(
                                score(answers.of(0, rows.count()), report.kind().orElseThrow(), rows.labels()));
            }
        }

        private Probe.Expected expected(PlannedModel planned) {
            return planned.embedding().isPresent()
                    ? new Probe.Expected(
                            planned.embedding().getAsInt(), planned.kind(), batchSize, Probe.Predicted.NUMBERS)
                    : new Probe.Expected(
                            train.schema().classes(),
                            planned.kind(),
                            batchSize,
                            Probe.Predicted.valueOf(
                                    train.schema().target().kind().name()));
        }

        private Finding lengths(TextLengths texts, Rows rows) {
            try (Model model = texts.open(1)) {
                return new Finding(Severity.NOTE, texts.describe(answers(model, rows, 0, rows.count())));
            }
        }

        private static int[] unlabelled(int rows) {
            int[] labels = new int[rows];
            Arrays.fill(labels, Labels.NONE);
            return labels;
        }

        /** What the model's score on the labelled rows says; nothing where they are few. */
        private Optional<Finding> score(float[] answers, OutputKind kind, Labels labels) {
            Task task = Task.of(train.schema().target());
            if (train.labelled() < Probe.MIN_LABELLED) {
                return Optional.empty();
            }
            for (int i = 0; kind == OutputKind.PROBABILITIES && i < answers.length; i++) {
                answers[i] -= 0.5f; // a class is predicted from there on
            }
            double score = task.score(answers, answers, labels);
            double constant = task.constantScore(train.labels());
            return score > constant
                    ? Optional.empty()
                    : Optional.of(new Finding(
                            Severity.WARNING,
                            String.format(
                                    Locale.ROOT,
                                    "its %s on %d labelled rows is %.4f, that of the best constant answer %.4f; look at the"
                                            + " order of its outputs (classes), their unit, and the scale of its inputs",
                                    task.score(),
                                    labels.rows(),
                                    score,
                                    constant)));
        }

        /** Where few rows have labels, a sample of all would tell nothing of the agreement with them. */
        private Rows rows() {
            Dataset asked = train.labelled() < Probe.MIN_LABELLED ? train : train.labelledRows();
            return new RowSampler(spark, shards, asked).rows(ROWS);
        }

        /** What a model gives for all rows together, {@code [rows, width]}. */
        float[] answers(ModelHandle handle) {
            Rows rows = rows();
            try (Model model = handle.open(1)) {
                return answers(model, rows, 0, rows.count());
            }
        }

        private float[] answers(Model model, Rows rows, int first, int count) {
            int[] some = IntStream.range(first, first + count).toArray();
            return model.predict(new ShownRows(train.schema(), rows.rows(some), View.plain()));
        }

        /** What was found, and what it means for the whole table. */
        List<String> lines(ProbeReport report) {
            List<String> lines = new ArrayList<>(report.lines());
            if (report.refusal().isEmpty()) {
                lines.add(String.format(
                        Locale.ROOT,
                        "time: %.2f ms a row on one thread; all %d training rows take one core %.0f s for each view",
                        1e3 * report.secondsPerRow(),
                        train.samples(),
                        report.secondsPerRow() * train.samples()));
            }
            return lines;
        }
    }
}
