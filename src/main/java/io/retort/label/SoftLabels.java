package io.retort.label;

import io.retort.data.View;
import io.retort.data.shard.Shard;
import io.retort.engine.Tap;
import io.retort.network.Shape;
import java.io.Serializable;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What one teacher said, whatever the view.
 *
 * @param teacher the teacher's fingerprint
 * @param classes logits per sample
 * @param taps the shape of each node of the teacher that may be tapped; none where only its logits are known
 */
public record SoftLabels(LabelStore store, String teacher, Codec codec, int classes, Map<String, Shape> taps)
        implements Serializable {
    public SoftLabels {
        taps = Collections.unmodifiableMap(new LinkedHashMap<>(taps));
    }

    /** Those of a teacher whose logits alone are known. */
    public SoftLabels(LabelStore store, String teacher, Codec codec, int classes) {
        this(store, teacher, codec, classes, Map.of());
    }

    /** The logits {@code [samples, classes]} of a shard's samples as the teacher saw them in this view. */
    public float[] read(View view, Shard shard, long[] ids) {
        return store.read(new LabelSet(teacher, view.fingerprint(), codec, classes), shard, ids);
    }

    /** What was read of a tap, {@code [samples, elements of the tap's shape]}. */
    public float[] read(Tap tap, View view, Shard shard, long[] ids) {
        return store.read(TapCodec.labelSet(teacher, view, tap), shard, ids);
    }
}
