package io.retort.label;

import java.io.Serializable;

/** The settings of one kind of {@link Codec}. */
public interface CodecSettings extends Serializable {
    Codec codec();
}
