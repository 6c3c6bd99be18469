package io.retort.compress.quantize.round;

import io.retort.compress.Calibration;
import io.retort.compress.quantize.calibrate.Statistics;
import java.util.List;

/**
 * What a {@link Rounding} may know besides the network and its codes.
 *
 * @param statistics of the float32 network's values
 * @param corrections that are to be made
 * @param calibration samples of the training data
 */
public record RoundingContext(Statistics statistics, List<Correction> corrections, Calibration calibration) {
    public RoundingContext {
        corrections = List.copyOf(corrections);
    }

    boolean correctsBiases() {
        return corrections.contains(Correction.BIAS_CORRECTION);
    }
}
