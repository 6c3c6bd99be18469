package io.retort.run;

import io.retort.data.LabelColumns;
import io.retort.data.shard.Dataset;
import io.retort.data.shard.OverlapSearch;
import io.retort.data.shard.OverlapSearch.Overlap;
import io.retort.data.source.ReaderSettings;
import io.retort.network.ChannelMoments;
import io.retort.recipe.Recipe;
import io.retort.run.record.RunContext;
import io.retort.storage.Digest;
import io.retort.storage.Json;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.hadoop.fs.Path;

/** Looks at training and held-out samples beside each other, and warns of what may be wrong with them. */
final class DataCheck {
    private static final String CODE = "overlap/1";

    private final RunScope scope;
    private final RunContext context;
    private final Recipe recipe;

    DataCheck(RunScope scope) {
        this.scope = scope;
        this.context = scope.context();
        this.recipe = scope.recipe();
    }

    void warn(Dataset train, Dataset test) {
        warn(DataWarnings.ofClasses("train", train));
        warn(DataWarnings.ofClasses("test", test));
        warn(DataWarnings.ofShards(train, scope.spark().defaultParallelism()));
        if (test.schema().target().kind() == LabelColumns.Kind.CLASS) {
            warn(DataWarnings.ofTopK(recipe.evaluation().topK(), test.schema().classes()));
        }
        if (train.schema().hasTexts()) {
            context.progress().say(DataWarnings.line("train", train.texts()));
            context.progress().say(DataWarnings.line("test", test.texts()));
            warn(DataWarnings.ofTexts("train", train.texts()));
            warn(DataWarnings.ofTexts("test", test.texts()));
        }
        List<String> shared = DataWarnings.ofSharedShards(train, test);
        warn(shared);
        if (shared.isEmpty()) {
            boolean named = List.of(recipe.data().train(), recipe.data().test()).stream()
                    .map(ReaderSettings::id)
                    .allMatch(Optional::isPresent);
            warn(DataWarnings.of(overlap(train, test), named));
        }
    }

    private void warn(List<String> sentences) {
        sentences.forEach(context.progress()::warn);
    }

    /** The training samples are read for it, once: what comes out is kept. */
    private Overlap overlap(Dataset train, Dataset test) {
        String key = new Digest()
                .add(CODE)
                .add(train.fingerprint())
                .add(test.fingerprint())
                .key();
        String entry = "store/evaluations/" + key + ".json";
        scope.directory().use().announce(List.of(entry));
        Path path = new Path(context.root(), entry);
        return Json.find(context.storage(), path, Overlap.class).orElseGet(() -> {
            Overlap overlap = scope.stopwatch()
                    .time("overlap", () -> new OverlapSearch(scope.spark(), scope.shards()).of(train, test));
            context.storage().write(path, Json.file(overlap));
            return overlap;
        });
    }

    /** How many rows of each class there are, or what numbers are like, on one line. */
    static final class RowsByClass {
        /** Of more classes only the smallest are shown. */
        private static final int MOST = 10;

        private static final int SMALLEST = 3;

        private RowsByClass() {}

        /**
         * {@code rows by class: train no 12,000, yes 340, 59,400 without label; test no 2,000, yes 55}, or
         * {@code labels, mean and deviation: train price 180.2 ± 79.4; test price 178.9 ± 80.1}.
         */
        static String line(Dataset train, Dataset test) {
            boolean numbers = train.schema().target().kind() == LabelColumns.Kind.NUMBERS;
            return (numbers ? "labels, mean and deviation: train " : "rows by class: train ") + shares(train)
                    + "; test " + shares(test);
        }

        private static String shares(Dataset dataset) {
            long without = dataset.samples() - dataset.labelled();
            List<String> names = dataset.schema().target().kind() == LabelColumns.Kind.NUMBERS
                    ? dataset.schema().classNames()
                    : dataset.schema().target().classes();
            String labelled = dataset.labelled() == 0
                    ? "none"
                    : dataset.schema().target().kind() == LabelColumns.Kind.NUMBERS
                            ? numbers(names, dataset.labelMoments())
                            : shares(names, dataset.labelCounts());
            return without == 0 ? labelled : labelled + String.format(Locale.ROOT, ", %,d without label", without);
        }

        private static String numbers(List<String> names, ChannelMoments moments) {
            String shown = IntStream.range(0, Math.min(MOST, names.size()))
                    .mapToObj(i -> String.format(
                            Locale.ROOT,
                            "%s %.4g ± %.4g",
                            names.get(i),
                            moments.mean()[i],
                            Math.sqrt(moments.variance(i))))
                    .collect(Collectors.joining(", "));
            return names.size() <= MOST ? shown : shown + " and " + (names.size() - MOST) + " more";
        }

        private static String shares(List<String> names, List<Long> counts) {
            if (names.size() <= MOST) {
                return listed(
                        names, counts, IntStream.range(0, names.size()).boxed().toList());
            }
            List<Integer> ascending = IntStream.range(0, names.size())
                    .boxed()
                    .sorted(Comparator.comparing(counts::get))
                    .toList();
            return String.format(
                    Locale.ROOT,
                    "%d classes of %,d to %,d, fewest of %s",
                    names.size(),
                    counts.get(ascending.get(0)),
                    counts.get(ascending.get(names.size() - 1)),
                    listed(names, counts, ascending.subList(0, SMALLEST)));
        }

        private static String listed(List<String> names, List<Long> counts, List<Integer> classes) {
            return classes.stream()
                    .map(c -> String.format(Locale.ROOT, "%s %,d", names.get(c), counts.get(c)))
                    .collect(Collectors.joining(", "));
        }
    }
}
