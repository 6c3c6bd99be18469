package io.retort.network.compact;

import java.util.Locale;

/**
 * How a compact file is written.
 *
 * @param weights the numbers of layers that are not quantized; the others are stored as the codes that they have
 * @param coding what the bytes go through last
 */
public record CompactForm(FloatFormat weights, EntropyCoding coding) {
    /** Both in words, as part of a file's name: {@code float16-huffman}. */
    public String title() {
        return (weights + "-" + coding).toLowerCase(Locale.ROOT);
    }
}
