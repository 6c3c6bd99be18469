package io.retort.network.zoo;

import io.retort.config.SettingException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;

/** Checks that the settings of several architectures share. */
final class SettingChecks {
    private static final BigDecimal MIN_KEPT = new BigDecimal("0.9");

    private SettingChecks() {}

    static void requireAllPositive(String key, List<Integer> values) {
        if (values.stream().anyMatch(value -> value < 1)) {
            throw new SettingException(key, "must hold values of at least 1, was " + values);
        }
    }

    /** The number of blocks in each of at most {@code max} stages. */
    static void requireStages(List<Integer> blocks, int max) {
        if (blocks.isEmpty() || blocks.size() > max) {
            throw new SettingException("blocks", "must name 1 to " + max + " stages, was " + blocks);
        }
        requireAllPositive("blocks", blocks);
    }

    /** Likewise where the stages halve the image. */
    static void requireBlocks(List<Integer> blocks) {
        requireStages(blocks, 8);
    }

    /** The multiplier of a network's channels. */
    static void requireWidth(double width) {
        if (!(width > 0 && width <= 16)) {
            throw new SettingException("width", "must be in (0, 16], was " + width);
        }
    }

    /**
     * The multiple of {@code step} nearest to {@code channels · width}, the greater of two, but none that takes away
     * more than a tenth of them.
     */
    static int rounded(int channels, double width, int step) {
        BigDecimal wanted = BigDecimal.valueOf(channels).multiply(BigDecimal.valueOf(width));
        int steps =
                wanted.divide(BigDecimal.valueOf(step), 0, RoundingMode.HALF_UP).intValueExact();
        int nearest = step * Math.max(1, steps);
        return wanted.multiply(MIN_KEPT).compareTo(BigDecimal.valueOf(nearest)) > 0 ? nearest + step : nearest;
    }
}
