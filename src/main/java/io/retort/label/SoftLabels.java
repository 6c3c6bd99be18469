package io.retort.label;

import io.retort.data.View;
import io.retort.data.encode.PrincipalComponents;
import io.retort.data.shard.Shard;
import io.retort.engine.Tap;
import io.retort.label.LabelStore.LabelSet;
import io.retort.network.Shape;
import io.retort.storage.Digest;
import java.io.Serializable;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What one teacher said, whatever the view.
 *
 * @param teacher the teacher's fingerprint
 * @param classes logits per sample, as they are stored
 * @param taps the shape of each node of the teacher that may be tapped; none where only its logits are known
 * @param reductions what makes shorter vectors of those that are stored: none, or one
 */
public record SoftLabels(
        LabelStore store,
        String teacher,
        Codec codec,
        int classes,
        Map<String, Shape> taps,
        List<PrincipalComponents> reductions)
        implements Serializable {
    public SoftLabels {
        reductions = List.copyOf(reductions);
        taps = Collections.unmodifiableMap(new LinkedHashMap<>(taps));
    }

    /** Those of a teacher whose logits alone are known. */
    public SoftLabels(LabelStore store, String teacher, Codec codec, int classes) {
        this(store, teacher, codec, classes, Map.of(), List.of());
    }

    /** The same as shorter vectors. */
    public SoftLabels reduced(PrincipalComponents reduction) {
        return new SoftLabels(store, teacher, codec, classes, taps, List.of(reduction));
    }

    /** Values of a sample, as they are read. */
    public int width() {
        return reductions.isEmpty() ? classes : reductions.get(0).dimension();
    }

    /** Tells what is read from other teachers' labels: a digest. */
    public String origin() {
        return reductions.isEmpty()
                ? teacher
                : new Digest().add(teacher).addAll(reductions).key();
    }

    /** The logits {@code [samples, classes]}, or shorter vectors, of a shard's samples as the teacher saw them in this view. */
    public float[] read(View view, Shard shard, long[] ids) {
        float[] stored = store.read(new LabelSet(teacher, view.fingerprint(), codec, classes), shard, ids);
        return reductions.isEmpty() ? stored : reductions.get(0).of(stored);
    }

    /** What was read of a tap, {@code [samples, elements of the tap's shape]}. */
    public float[] read(Tap tap, View view, Shard shard, long[] ids) {
        return store.read(TapCodec.labelSet(teacher, view, tap), shard, ids);
    }
}
