package io.retort.compress;

import io.retort.network.Tensor;
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

    /**
     * With the error of weights that were replaced by as many others: {@code ‖W − Ŵ‖ / ‖W‖}, and 0 where there was nothing but zeros.
     */
    public static LayerChange of(String layer, String change, Tensor before, Tensor after) {
        double lost = 0;
        double whole = 0;
        for (int i = 0; i < before.values().length; i++) {
            double value = before.values()[i];
            double difference = value - after.values()[i];
            lost += difference * difference;
            whole += value * value;
        }
        return new LayerChange(layer, change, OptionalDouble.of(whole == 0 ? 0 : Math.sqrt(lost / whole)));
    }
}
