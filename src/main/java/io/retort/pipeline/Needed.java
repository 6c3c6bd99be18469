package io.retort.pipeline;

import io.retort.data.ShardLists;
import io.retort.storage.Storage;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.hadoop.fs.Path;

/** What of a root is needed by the runs that stay. */
final class Needed {
    private final Set<String> entries = new HashSet<>();
    private final Set<String> shards = new HashSet<>();
    private boolean allShards;
    private boolean all;

    private Needed() {}

    static Needed by(List<KnownRun> runs, Storage storage, Path root) {
        Needed needed = new Needed();
        for (KnownRun run : runs) {
            Optional<List<String>> uses = uses(run, storage);
            if (uses.isPresent()) {
                needed.add(run, uses.get(), storage, root);
            } else if (run.state() == KnownRun.State.RUNNING
                    && storage.exists(new Path(run.directory(), RunUse.FILE))) {
                needed.all = true; // it says what it uses in a way that this version does not understand
            }
        }
        return needed;
    }

    private void add(KnownRun run, List<String> uses, Storage storage, Path root) {
        entries.addAll(uses);
        for (String list : uses) {
            if (ShardLists.isList(list) && !all) {
                Optional<List<String>> keys = ShardLists.keys(storage, root, list);
                keys.ifPresent(shards::addAll);
                // A run that is still making its shards does not know itself which of the old ones it will use.
                allShards |= keys.isEmpty() && run.state() == KnownRun.State.RUNNING;
            }
        }
    }

    /** What a run said that it uses; nothing where it did not come to say so, or what it said cannot be read. */
    static Optional<List<String>> uses(KnownRun run, Storage storage) {
        return RunJson.read(storage, new Path(run.directory(), RunUse.FILE), RunUse.Uses.class)
                .filter(uses -> uses.version() == RunUse.Uses.VERSION && uses.entries() != null)
                .map(RunUse.Uses::entries);
    }

    boolean holds(String entry) {
        return all || entries.contains(entry);
    }

    /** Whether some entry that begins like this is needed. */
    boolean holdsAnyOf(String beginning) {
        return all || entries.stream().anyMatch(entry -> entry.startsWith(beginning));
    }

    boolean holdsShard(String key) {
        return all || allShards || shards.contains(key);
    }
}
