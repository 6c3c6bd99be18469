package io.retort.softlabel;

import io.retort.data.Samples;
import io.retort.data.Shard;
import io.retort.data.View;
import java.io.Serializable;

/**
 * What one teacher said, whatever the view.
 *
 * @param teacher the teacher's fingerprint
 * @param classes logits per sample
 */
public record SoftLabels(LabelStore store, String teacher, Codec codec, int classes) implements Serializable {
    /** The logits {@code [samples, classes]} of a shard's samples as the teacher saw them in this view. */
    public float[] read(View view, Shard shard, Samples samples) {
        return store.read(new LabelSet(teacher, view.fingerprint(), codec, classes), shard, samples);
    }
}
