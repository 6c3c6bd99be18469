package io.retort.label;

import io.retort.data.Target;
import io.retort.data.shard.Dataset;
import io.retort.network.Shape;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;

/**
 * The way in which a teacher's soft labels are made: by a model that executors ask ({@link ModelLabeller}), by a
 * transformer of a DataFrame, or from columns that are there already.
 *
 * <p>Whatever the way, a labeller reads the shards of a data set and leaves a file for each shard in each
 * {@link LabelSet} of the {@link LabelStore}, with the shard's rows in the shard's order. Those files are all that
 * training and evaluation see of a teacher.
 */
public interface Labeller {
    /** Changes when, and only when, the labels may: the name under which they are stored. */
    String fingerprint();

    /** All names under which it looks for labels: its own, and those of labellers that it is made of. */
    default List<String> fingerprints() {
        return List.of(fingerprint());
    }

    /** Values of a row that it stores; more than networks predict where students have shorter vectors. */
    default int width(Target target) {
        return target.outputs();
    }

    /** The shape of each node whose values it can store beside the logits. */
    Map<String, Shape> taps();

    /**
     * Makes the labels that the store lacks, and no others.
     *
     * @param progress receives the number of rows of each finished (shard, view); called by one thread at a time
     */
    LabellingResult label(Dataset dataset, List<LabelRequest> requests, LongConsumer progress);

    /**
     * Proves that what is stored for the rows as they are is still what the teacher gives.
     *
     * @throws io.retort.storage.ArtifactException if it is something else
     */
    void requireUnchanged(Dataset dataset);
}
