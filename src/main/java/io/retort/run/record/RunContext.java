package io.retort.run.record;

import io.retort.engine.onnx.run.Latency;
import io.retort.run.progress.Progress;
import io.retort.storage.Storage;
import java.time.Clock;
import org.apache.hadoop.fs.Path;

/**
 * The surroundings of a run.
 *
 * @param root holds the store, the runs and the registry
 * @param clock names the run and times its stages; nothing that is computed depends on it
 * @param latency how long models are measured
 */
public record RunContext(Storage storage, Path root, Clock clock, Progress progress, Latency.Effort latency) {
    /** Measures models thoroughly. */
    public RunContext(Storage storage, Path root, Clock clock, Progress progress) {
        this(storage, root, clock, progress, Latency.Effort.FULL);
    }
}
