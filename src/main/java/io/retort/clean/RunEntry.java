package io.retort.clean;

import io.retort.run.record.Manifest;
import io.retort.run.record.RunDirectory;
import io.retort.storage.Json;
import io.retort.storage.Storage;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;

/**
 * A run's directory, as a cleaning finds it.
 *
 * @param entry its path below the root
 * @param started when it began; where no manifest can be read, when its directory was last touched
 */
public record RunEntry(Path directory, String entry, String name, State state, Instant started, long bytes) {
    /** The end of a run. */
    enum State {
        DONE,
        /** It failed, or was stopped from outside. */
        FAILED,
        /** Its process lives, as far as is known. */
        RUNNING,
        /** It did not come to its end and its process is gone, or its manifest cannot be read. */
        KILLED,
        /** It has no manifest: a cleaning that was killed had begun to remove it. */
        HALF_REMOVED
    }

    /**
     * All runs of a root, the newest first.
     *
     * @param alive whether the process of a run that did not come to its end still lives
     */
    public static List<RunEntry> of(Storage storage, Path root, Predicate<Path> alive) {
        List<RunEntry> runs = new ArrayList<>();
        Path all = new Path(root, "runs");
        for (FileStatus named : directories(storage, all)) {
            String name = named.getPath().getName();
            for (FileStatus found : directories(storage, new Path(all, name))) {
                runs.add(of(
                        storage, new Path(new Path(all, name), found.getPath().getName()), name, found, alive));
            }
        }
        runs.sort((one, other) -> other.started().compareTo(one.started()));
        return runs;
    }

    private static RunEntry of(Storage storage, Path directory, String name, FileStatus found, Predicate<Path> alive) {
        Path file = new Path(directory, RunDirectory.MANIFEST);
        Optional<Manifest.Head> manifest = Json.find(storage, file, Manifest.Head.class);
        State state = manifest.map(head -> switch (head.status()) {
                    case DONE -> State.DONE;
                    case FAILED, STOPPED -> State.FAILED;
                    case RUNNING -> unended(directory, alive);
                })
                .orElseGet(() -> storage.exists(file) ? unended(directory, alive) : State.HALF_REMOVED);
        Instant started = manifest.map(head -> Instant.parse(head.started()))
                .orElse(Instant.ofEpochMilli(found.getModificationTime()));
        String entry = "runs/" + name + "/" + directory.getName();
        return new RunEntry(directory, entry, name, state, started, storage.bytes(directory));
    }

    private static State unended(Path directory, Predicate<Path> alive) {
        return alive.test(directory) ? State.RUNNING : State.KILLED;
    }

    private static List<FileStatus> directories(Storage storage, Path parent) {
        return storage.list(parent).stream().filter(FileStatus::isDirectory).toList();
    }
}
