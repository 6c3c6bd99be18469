package io.retort.label;

import io.retort.data.Target;
import java.io.Serializable;

/** The settings of one kind of {@link Codec}. */
public interface CodecSettings extends Serializable {
    Codec codec();

    /**
     * The codec for what a teacher says of such labels.
     *
     * @throws IllegalArgumentException where this kind does not suit them
     */
    default Codec codecFor(Target target) {
        return codec();
    }
}
