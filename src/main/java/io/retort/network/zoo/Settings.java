package io.retort.network.zoo;

import java.util.List;

/** Checks that the settings of several architectures share. */
final class Settings {
    private Settings() {}

    static void requirePositive(String key, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(key + " must be at least 1, was " + value);
        }
    }

    static void requireAllPositive(String key, List<Integer> values) {
        if (values.stream().anyMatch(value -> value < 1)) {
            throw new IllegalArgumentException(key + " must hold values of at least 1, was " + values);
        }
    }

    /** The number of blocks in each stage of a network whose stages halve the image. */
    static void requireBlocks(List<Integer> blocks) {
        if (blocks.isEmpty() || blocks.size() > 8) {
            throw new IllegalArgumentException("blocks must name 1 to 8 stages, was " + blocks);
        }
        requireAllPositive("blocks", blocks);
    }
}
