package io.retort.compress;

import java.util.OptionalDouble;

/**
 * What a compressor did to a layer, or why it left it alone.
 *
 * @param change in words, such as {@code 17 of 32 channels} or {@code left: rank 3 would cost more}
 * @param error Frobenius norm of the change of the layer's weights, relative to that of the weights; nothing where that says nothing
 */
public record LayerChange(String layer, String change, OptionalDouble error) {
    public static LayerChange of(String layer, String change) {
        return new LayerChange(layer, change, OptionalDouble.empty());
    }
}
