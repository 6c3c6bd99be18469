package io.retort.run;

import io.retort.data.InputEncoder;
import io.retort.data.LabelColumns;
import io.retort.data.Target;
import io.retort.data.encode.TableInput;
import io.retort.data.shard.Dataset;
import io.retort.data.shard.RowFilter.Side;
import io.retort.data.shard.RowFilterPass;
import io.retort.data.shard.Sharding;
import io.retort.data.shard.TableFit;
import io.retort.data.shard.VocabularyCount;
import io.retort.data.source.ReaderSettings;
import io.retort.evaluate.Task;
import io.retort.network.Vocabulary;
import io.retort.plan.NamedData;
import io.retort.recipe.DataSettings;
import io.retort.run.progress.Progress;
import io.retort.run.record.RunContext;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.LongConsumer;
import java.util.function.UnaryOperator;

/** Reads a run's sources into shards, and says which of their rows serve for what. */
final class DataStage {
    private static final int SAMPLES_LOOKED_AT = 1000;

    private final RunScope scope;
    private final RunContext context;
    private final NamedData named;
    private final DataSettings settings;

    /** @param named with the columns of all sources in one order */
    DataStage(RunScope scope, NamedData named) {
        this.scope = scope;
        this.context = scope.context();
        this.named = named;
        this.settings = named.settings();
    }

    /**
     * The data sets.
     *
     * @throws IllegalArgumentException where sources do not fit each other, or rows lack labels that are needed
     */
    RunData data() {
        Vocabulary vocabulary = vocabulary();
        Dataset train = shard("train", settings.train(), vocabulary);
        Dataset test = shard("test", settings.test(), vocabulary);
        Optional<Dataset> own = settings.validationSource().map(source -> shard("validation", source, vocabulary));
        NamedData.requireSameKind(train.schema(), "data.test", test.schema());
        own.ifPresent(rows -> NamedData.requireSameKind(train.schema(), "data.validation.source", rows.schema()));
        Target target = settings.target(train.schema().target().or(test.schema().target()));
        requireLabels("data.test", test.with(target));
        InputEncoder input = input(train);
        UnaryOperator<Dataset> fitted = rows -> rows.with(target).with(input);
        return of(fitted.apply(train), own.map(fitted), fitted.apply(test));
    }

    /** What networks take of a row; that of a table is fitted here, unless a network is there that has one. */
    private InputEncoder input(Dataset train) {
        InputEncoder input = named.input(train.schema());
        if (!(input instanceof TableInput table) || table.isFitted()) {
            return input;
        }
        TableInput fitted = scope.stopwatch()
                .time(
                        "table",
                        () -> new TableFit(scope.spark(), context.storage(), context.root())
                                .of(
                                        train,
                                        settings.categories(),
                                        scope.directory().use()));
        context.progress().say(fitted.encoding().describe());
        return fitted;
    }

    private RunData of(Dataset source, Optional<Dataset> own, Dataset test) {
        RowFilterPass filter = new RowFilterPass(scope.spark(), scope.shards());
        Optional<Double> fraction = settings.validation().flatMap(DataSettings.Validation::fraction);
        Dataset train =
                fraction.map(part -> filter.side(source, Side.TRAINING, part)).orElse(source);
        Optional<Dataset> validation = fraction.map(part -> filter.side(source, Side.VALIDATION, part))
                .or(() -> own)
                .map(rows -> usable(rows));
        if (train.samples() == 0) {
            throw new IllegalArgumentException(
                    "data.validation.fraction leaves no row to train on; lower it, or name rows of their own in source");
        }
        Dataset limited = labelLimit(train.schema().target())
                .map(limit -> filter.keepingLabels(train, limit))
                .orElse(train);
        return new RunData(source, limited, validation, validation, test);
    }

    /** Of vectors nothing learns from labels, so the training rows have none. */
    private Optional<Integer> labelLimit(Target target) {
        return target.kind() == LabelColumns.Kind.EMBEDDING ? Optional.of(0) : settings.labelLimit();
    }

    /**
     * The data sets from which students learn and on which they are chosen: without the rows of classes that they do not
     * see.
     */
    RunData transfer(RunData data) {
        List<Integer> unseen = settings.unseenOf(data.train().schema().target());
        if (unseen.isEmpty()) {
            return data;
        }
        RowFilterPass filter = new RowFilterPass(scope.spark(), scope.shards());
        Dataset train = filter.without(data.train(), unseen);
        if (train.samples() == 0) {
            throw new IllegalArgumentException("data.unseen-classes leaves no row to learn from; name fewer classes");
        }
        context.progress()
                .say(String.format(
                        Locale.ROOT,
                        "students learn from %,d of %,d training %s: they see none of class %s",
                        train.samples(),
                        data.train().samples(),
                        train.schema().noun(),
                        String.join(", ", settings.unseenClasses().orElseThrow())));
        return new RunData(
                data.source(),
                train,
                data.validation().map(rows -> usable(filter.without(rows, unseen))),
                data.validation(),
                data.test());
    }

    /** Those validation rows that say something of a network. */
    private static Dataset usable(Dataset validation) {
        boolean needsLabels = Task.of(validation.schema().target()).needsLabels();
        Dataset rows = needsLabels ? validation.labelledRows() : validation;
        if (rows.samples() == 0) {
            throw new IllegalArgumentException("data.validation has no row" + (needsLabels ? " with a label" : "")
                    + ", so nothing can be chosen on it; give it more, or leave it out");
        }
        return rows;
    }

    private static void requireLabels(String place, Dataset dataset) {
        long without = dataset.samples() - dataset.labelled();
        if (without > 0 && Task.of(dataset.schema().target()).needsLabels()) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "%s: %,d of %,d rows have no label, but all figures are of held-out rows, each of which needs one;"
                            + " leave out those without",
                    place,
                    without,
                    dataset.samples()));
        }
    }

    /** That of the training texts, for all kinds of samples. */
    private Vocabulary vocabulary() {
        if (!settings.hasTexts()) {
            return Vocabulary.none();
        }
        Vocabulary vocabulary = scope.stopwatch()
                .time(
                        "vocabulary",
                        () -> new VocabularyCount(scope.spark(), context.storage(), context.root())
                                .of(settings.train(), scope.directory().use()));
        context.progress()
                .say("vocabulary: " + vocabulary.tokens().size() + " tokens, and ids for padding and unknown ones");
        return vocabulary;
    }

    private Dataset shard(String role, ReaderSettings reader, Vocabulary vocabulary) {
        Dataset dataset;
        try (RowsShown shown = new RowsShown("shard " + role)) {
            dataset = scope.stopwatch()
                    .time(
                            "shard " + role,
                            () -> new Sharding(scope.spark(), context.storage(), context.root())
                                    .warning(sentence -> context.progress().warn(role + ": " + sentence))
                                    .counting(shown)
                                    .shard(
                                            reader,
                                            settings.samplesPerShard(),
                                            vocabulary,
                                            scope.directory().use()));
        }
        context.progress()
                .say(role + ": " + dataset.samples() + " " + dataset.schema().noun() + " in "
                        + dataset.shards().size() + " shards");
        reader.source(context.storage())
                .rounded(SAMPLES_LOOKED_AT)
                .ifPresent(sentence -> context.progress().warn(sentence));
        return dataset;
    }

    /** Progress that is there from the first rows on. */
    private final class RowsShown implements LongConsumer, AutoCloseable {
        private final String title;
        private Progress.Stage stage;

        RowsShown(String title) {
            this.title = title;
        }

        @Override
        public synchronized void accept(long rows) {
            if (stage == null) {
                stage = context.progress().begin(title, "rows", Progress.UNKNOWN);
                stage.skip(rows); // of a time before, so that they do not count in the rate
            } else {
                stage.advance(rows);
            }
        }

        @Override
        public synchronized void close() {
            if (stage != null) {
                stage.close();
            }
        }
    }

    /**
     * The data sets of a run.
     *
     * @param source all rows of {@code data.train}; shards and soft labels are made of them, whichever of them serve
     *     for what
     * @param train the rows that networks learn from; students may not see some classes of them, but their teacher does
     * @param validation the rows on which everything is chosen; nothing where there is no validation split
     * @param ofAllClasses the validation rows with those of classes that students do not see, on which a teacher may
     *     speak
     * @param test the held-out rows, which are only measured where there is a validation split
     */
    public record RunData(
            Dataset source, Dataset train, Optional<Dataset> validation, Optional<Dataset> ofAllClasses, Dataset test) {
        /** The same with the rows on which is chosen in the place of the held-out ones. */
        RunData ofChoosing() {
            return validation
                    .map(rows -> new RunData(source, train, Optional.empty(), Optional.empty(), rows))
                    .orElse(this);
        }
    }
}
