package io.retort.label;

import io.retort.data.View;
import io.retort.engine.Tap;
import java.util.ArrayList;
import java.util.List;

/**
 * The labels that are wanted of all rows in one view: the logits, and the values of taps.
 *
 * @param taps none where logits are enough
 */
public record LabelRequest(View view, List<Tap> taps) {
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
