package io.retort.compress.quantize;

import io.retort.compress.quantize.calibrate.Calibrator;
import io.retort.compress.quantize.round.Rounding;
import io.retort.compress.quantize.round.Rounding.Correction;
import io.retort.config.SettingException;
import io.retort.network.int8.AffineCode.Symmetry;
import java.io.Serializable;
import java.util.HashSet;
import java.util.List;

/**
 * How codes are chosen.
 *
 * @param calibrator chooses the ranges of values
 * @param values how the codes of values lie around 0
 * @param weightCalibrator chooses the ranges of weights
 * @param weights how the codes of weights lie around 0
 * @param granularity what of a weight tensor shares a code
 * @param weightBits from 2 to 8
 * @param rounding of weights to codes
 * @param corrections made before and after
 * @param except names of layers that stay float32
 */
public record QuantizationConfig(
        Calibrator calibrator,
        Symmetry values,
        Calibrator weightCalibrator,
        Symmetry weights,
        Granularity granularity,
        int weightBits,
        Rounding rounding,
        List<Correction> corrections,
        List<String> except)
        implements Serializable {
    public QuantizationConfig {
        corrections = List.copyOf(corrections);
        except = List.copyOf(except);
        check(weights, granularity, weightBits, corrections);
    }

    /** Refuses settings that no kernel has, by their keys in a recipe. */
    public static void check(Symmetry weights, Granularity granularity, int weightBits, List<Correction> corrections) {
        if (weightBits < 2 || weightBits > 8) {
            throw new SettingException("weight-bits", "must be from 2 to 8, was " + weightBits);
        }
        if (weights == Symmetry.ASYMMETRIC && granularity == Granularity.PER_CHANNEL) {
            throw new SettingException(
                    "weights",
                    "must be symmetric where granularity is per-channel, was asymmetric;"
                            + " int8 kernels take one zero point for all channels");
        }
        if (new HashSet<>(corrections).size() < corrections.size()) {
            throw new SettingException("corrections", "must differ, was " + corrections);
        }
    }

    /** What of a weight tensor shares one code. */
    public enum Granularity {
        /** All of it. */
        PER_TENSOR,
        /**
         * Each output channel by itself: as cheap at inference, and far more exact where channels differ
         * (Krishnamoorthi 2018, arXiv:1806.08342).
         */
        PER_CHANNEL
    }
}
