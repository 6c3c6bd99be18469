package io.retort.compress;

import io.retort.network.Mask;
import io.retort.network.Network;
import io.retort.network.Tensor;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.Function;

/**
 * The result of a compressor.
 *
 * @param network smaller than before, or with zeros
 * @param mask the weights that fine-tuning and all later stages keep at 0
 * @param form of the ONNX file, once the network is fine-tuned
 * @param layers the changes of single layers, for the report
 * @param sensitivities measurements by which it was chosen, for the report; may be empty
 * @param finish makes the final result of the fine-tuned network
 */
public record Compressed(
        Network network,
        Mask mask,
        ExportFormat form,
        List<LayerChange> layers,
        List<Sensitivity> sensitivities,
        Function<Network, Compressed> finish) {
    public Compressed {
        layers = List.copyOf(layers);
        sensitivities = List.copyOf(sensitivities);
    }

    /** A result that fine-tuning only gives other parameters, chosen without a measurement. */
    public Compressed(Network network, Mask mask, ExportFormat form, List<LayerChange> layers) {
        this(network, mask, form, layers, List.of());
    }

    private Compressed(
            Network network, Mask mask, ExportFormat form, List<LayerChange> layers, List<Sensitivity> sensitivities) {
        this(
                network,
                mask,
                form,
                layers,
                sensitivities,
                trained -> new Compressed(trained, mask, form, layers, sensitivities));
    }

    /** The same after fine-tuning. */
    public Compressed with(Network trained) {
        return finish.apply(trained);
    }

    /** The same, chosen by these measurements. */
    public Compressed chosenBy(List<Sensitivity> measured) {
        return new Compressed(network, mask, form, layers, measured);
    }

    /** A dense float32 network; the zeros of earlier stages stay as far as their tensors do. */
    public static Compressed of(Network network, Compressor.Context context, List<LayerChange> layers) {
        return new Compressed(network, context.mask().carriedTo(network), ExportFormat.FLOAT32, layers);
    }

    /** A network whose form before fine-tuning differs from that after it. */
    public static Compressed unfinished(Network network, Mask mask, Function<Network, Compressed> finish) {
        return new Compressed(network, mask, ExportFormat.FLOAT32, List.of(), List.of(), finish);
    }

    /**
     * The change that a compressor made to a layer, or the reason why it left the layer alone.
     *
     * @param change in words, such as {@code 17 of 32 channels} or {@code left: rank 3 would cost more}
     * @param error Frobenius norm of the change of the layer's weights, relative to that of the weights; absent where
     *     it has no meaning
     */
    public record LayerChange(String layer, String change, OptionalDouble error) {
        public static LayerChange of(String layer, String change) {
            return new LayerChange(layer, change, OptionalDouble.empty());
        }

        /**
         * With the error of weights that were replaced by as many others: {@code ‖W − Ŵ‖ / ‖W‖}, and 0 where
         * there was nothing but zeros.
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

    /**
     * How a network's accuracy falls as channels that come and go together are cut, and nothing else, with nothing
     * trained in between.
     *
     * @param group the layers that make the channels
     * @param channels how many there were
     * @param points by ratio; the first is the network as it was
     * @param chosen the part that went
     */
    public record Sensitivity(String group, int channels, List<Point> points, double chosen) {
        /**
         * One measurement.
         *
         * @param ratio the part that was cut
         * @param accuracy on the scan's training samples, of 1
         */
        public record Point(double ratio, double accuracy) {}

        public Sensitivity {
            points = List.copyOf(points);
        }
    }
}
