package io.retort.network.zoo;

import io.retort.config.SettingException;
import io.retort.network.Shape;
import io.retort.network.ShapeException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;

/** Checks that the settings of several architectures share. */
final class Settings {
    private static final BigDecimal LEAST_KEPT = new BigDecimal("0.9");

    private Settings() {}

    static void requirePositive(String key, int value) {
        if (value < 1) {
            throw new SettingException(key, "must be at least 1, was " + value);
        }
    }

    static void requireAllPositive(String key, List<Integer> values) {
        if (values.stream().anyMatch(value -> value < 1)) {
            throw new SettingException(key, "must hold values of at least 1, was " + values);
        }
    }

    /** For architectures of texts, where there are none. */
    static ShapeException needsTexts(String architecture, Shape input) {
        return new ShapeException("architecture '" + architecture
                + "' needs texts, token ids of a reader of kind 'text', but the samples are "
                + (input.isImage() ? "images " : "vectors ") + input + "; "
                + (input.isImage() ? "'conv-net'" : "'mlp'") + " takes them");
    }

    /** The number of blocks in each stage of a network whose stages halve the image. */
    static void requireBlocks(List<Integer> blocks) {
        if (blocks.isEmpty() || blocks.size() > 8) {
            throw new SettingException("blocks", "must name 1 to 8 stages, was " + blocks);
        }
        requireAllPositive("blocks", blocks);
    }

    /** The multiplier of a network's channels. */
    static void requireWidth(double width) {
        if (!(width > 0 && width <= 16)) {
            throw new SettingException("width", "must be in (0, 16], was " + width);
        }
    }

    /** The number of blocks in each of the first stages of a network that has {@code most}. */
    static void requireStages(List<Integer> blocks, int most) {
        if (blocks.isEmpty() || blocks.size() > most) {
            throw new SettingException("blocks", "must name 1 to " + most + " stages, was " + blocks);
        }
        requireAllPositive("blocks", blocks);
    }

    /** The multiple of {@code step} nearest to {@code channels · width}, the greater of two, but none that takes away more than a tenth of them. */
    static int rounded(int channels, double width, int step) {
        BigDecimal wanted = BigDecimal.valueOf(channels).multiply(BigDecimal.valueOf(width));
        int steps =
                wanted.divide(BigDecimal.valueOf(step), 0, RoundingMode.HALF_UP).intValueExact();
        int nearest = step * Math.max(1, steps);
        return wanted.multiply(LEAST_KEPT).compareTo(BigDecimal.valueOf(nearest)) > 0 ? nearest + step : nearest;
    }
}
