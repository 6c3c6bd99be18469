package io.retort.label;

import io.retort.config.SettingException;
import io.retort.data.Target;
import io.retort.data.View;
import io.retort.data.shard.Dataset;
import io.retort.engine.Tap;
import io.retort.label.Codec.CodecSettings;
import io.retort.label.LabelStore.LabelSet;
import io.retort.network.Shape;
import java.io.Serializable;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
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

    /**
     * The labels that are wanted of all rows in one view: the logits, and the values of taps.
     *
     * @param taps none where logits are enough
     */
    record LabelRequest(View view, List<Tap> taps) {
        public LabelRequest {
            taps = List.copyOf(taps);
        }

        /** The logits of rows as they are. */
        public static LabelRequest plain() {
            return new LabelRequest(View.plain(), List.of());
        }

        /** The sets in the store: that of the logits, then that of each tap. */
        public List<LabelSet> sets(String teacher, Codec codec, int classes) {
            List<LabelSet> sets = new ArrayList<>();
            sets.add(new LabelSet(teacher, view.fingerprint(), codec, classes));
            taps.forEach(tap -> sets.add(TapCodec.labelSet(teacher, view, tap)));
            return sets;
        }
    }

    /**
     * What a labelling pass did. Counts are of (shard, view) pairs.
     *
     * @param labelled pairs that the teacher was shown
     * @param reused pairs whose labels were in the store
     * @param samples (sample, view) pairs that the teacher was shown
     */
    record LabellingResult(long labelled, long reused, long samples, Duration duration) {
        /**
         * What a pass over all shards of a data set did.
         *
         * @param start of the pass, by {@link System#nanoTime}
         */
        public static LabellingResult since(
                long start, Dataset dataset, List<LabelRequest> requests, long labelled, long samples) {
            return new LabellingResult(
                    labelled,
                    (long) dataset.shards().size() * requests.size() - labelled,
                    samples,
                    Duration.ofNanos(System.nanoTime() - start).truncatedTo(ChronoUnit.MILLIS));
        }

        public long shards() {
            return labelled + reused;
        }

        /** What this pass and another did together. */
        public LabellingResult plus(LabellingResult other) {
            return new LabellingResult(
                    labelled + other.labelled,
                    reused + other.reused,
                    samples + other.samples,
                    duration.plus(other.duration));
        }
    }

    /**
     * How a teacher labels.
     *
     * @param codec how its logits are stored
     * @param batchSize samples per call of the teacher
     */
    record LabellingSettings(CodecSettings codec, int batchSize) implements Serializable {
        public LabellingSettings {
            if (batchSize < 1) {
                throw new SettingException("batch-size", "must be >= 1, was " + batchSize);
            }
        }
    }
}
