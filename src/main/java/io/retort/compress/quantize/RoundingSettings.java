package io.retort.compress.quantize;

import java.io.Serializable;

/** The settings of one kind of {@link Rounding}. */
public interface RoundingSettings extends Serializable {
    Rounding rounding();
}
