package io.retort.clean;

import io.retort.data.shard.Sharding.ShardLists;
import io.retort.run.record.RunReferences;
import io.retort.storage.Json;
import io.retort.storage.Storage;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.hadoop.fs.Path;

/** The entries of a root that the runs that stay need. */
public final class LiveReferences {
    private final Set<String> entries = new HashSet<>();
    private final Set<String> shards = new HashSet<>();
    private boolean allShards;
    private boolean all;

    private LiveReferences() {}

    static LiveReferences by(List<RunEntry> runs, Storage storage, Path root) {
        LiveReferences needed = new LiveReferences();
        for (RunEntry run : runs) {
            Optional<List<String>> uses = uses(run, storage);
            if (uses.isPresent()) {
                needed.add(run, uses.get(), storage, root);
            } else if (run.state() == RunEntry.State.RUNNING
                    && storage.exists(new Path(run.directory(), RunReferences.FILE))) {
                needed.all = true; // its list of uses has a form that this version does not know
            }
        }
        return needed;
    }

    private void add(RunEntry run, List<String> uses, Storage storage, Path root) {
        entries.addAll(uses);
        for (String list : uses) {
            if (ShardLists.isList(list) && !all) {
                Optional<List<String>> keys = ShardLists.keys(storage, root, list);
                keys.ifPresent(shards::addAll);
                // A run that is still making its shards does not know itself which of the old ones it will use.
                allShards |= keys.isEmpty() && run.state() == RunEntry.State.RUNNING;
            }
        }
    }

    /** The entries that a run announced; nothing where it has not come to that, or they cannot be read. */
    public static Optional<List<String>> uses(RunEntry run, Storage storage) {
        return Json.find(storage, new Path(run.directory(), RunReferences.FILE), RunReferences.Uses.class)
                .filter(uses -> uses.version() == RunReferences.Uses.VERSION && uses.entries() != null)
                .map(RunReferences.Uses::entries);
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
