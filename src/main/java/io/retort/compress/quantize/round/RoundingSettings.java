package io.retort.compress.quantize.round;

import java.io.Serializable;

/** The settings of one kind of {@link Rounding}. */
public interface RoundingSettings extends Serializable {
    Rounding rounding();
}
