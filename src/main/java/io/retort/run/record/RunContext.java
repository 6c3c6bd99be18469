package io.retort.run.record;

import io.retort.run.progress.Progress;
import io.retort.storage.Storage;
import java.time.Clock;
import org.apache.hadoop.fs.Path;

/**
 * The surroundings of a run.
 *
 * @param root holds the store, the runs and the registry
 * @param clock names the run and times its stages; nothing that is computed depends on it
 */
public record RunContext(Storage storage, Path root, Clock clock, Progress progress) {}
