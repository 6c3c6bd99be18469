package io.retort.run;

import io.retort.data.LabelColumns;
import io.retort.data.shard.Dataset;
import io.retort.data.shard.Overlap;
import io.retort.data.shard.OverlapSearch;
import io.retort.data.source.ReaderSettings;
import io.retort.recipe.Recipe;
import io.retort.run.record.RunContext;
import io.retort.storage.Digest;
import io.retort.storage.Json;
import java.util.List;
import java.util.Optional;
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
}
