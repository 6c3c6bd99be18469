package io.retort.label;

import java.io.Serializable;

/**
 * The labels that one teacher gives to one view of any data, in one encoding.
 *
 * @param teacher the teacher's fingerprint
 * @param view the view's fingerprint
 * @param classes logits per sample
 */
public record LabelSet(String teacher, String view, Codec codec, int classes) implements Serializable {
    /** The set's directory in the store. */
    public String name() {
        return teacher + "/" + view + "-" + codec.name();
    }
}
