package io.retort.compress.quantize.calibrate;

import java.io.Serializable;

/** The settings of one kind of {@link Calibrator}. */
public interface CalibratorSettings extends Serializable {
    Calibrator calibrator();
}
