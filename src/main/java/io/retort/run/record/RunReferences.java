package io.retort.run.record;

import io.retort.storage.StoreReferences;
import java.util.List;
import java.util.TreeSet;
import org.apache.hadoop.fs.Path;

/** What a run uses of the root: {@code <run>/uses.json}, written before it is looked for, so that a cleaning never takes it away. */
public final class RunReferences implements StoreReferences {
    public static final String FILE = "uses.json";

    private final RunContext context;
    private final Path file;
    private final TreeSet<String> entries = new TreeSet<>();

    RunReferences(RunContext context, Path run) {
        this.context = context;
        this.file = new Path(run, FILE);
    }

    /**
     * The content of the file.
     *
     * @param entries paths below the root; a list of shards stands for its shards, a directory of labels for those of the run's shards
     */
    public record Uses(int version, List<String> entries) {
        public static final int VERSION = 1;
    }

    @Override
    public synchronized void announce(List<String> further) {
        if (entries.addAll(further)) {
            context.storage().write(file, RunJson.bytes(new Uses(Uses.VERSION, List.copyOf(entries))));
            CleaningLease.await(context);
        }
    }
}
