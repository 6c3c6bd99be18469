package io.retort.compress;

import io.retort.network.Mask;
import io.retort.network.Network;
import java.util.List;

/**
 * What a compressor made.
 *
 * @param network smaller than before, or with zeros
 * @param mask the weights that fine-tuning and all later stages keep at 0
 * @param form how the network is written as ONNX, once it is fine-tuned
 * @param layers what became of single layers, for the report
 * @param sensitivities what was measured to choose it, for the report; none where nothing was
 */
public record Compressed(
        Network network, Mask mask, OnnxForm form, List<LayerChange> layers, List<Sensitivity> sensitivities) {
    public Compressed {
        layers = List.copyOf(layers);
        sensitivities = List.copyOf(sensitivities);
    }

    /** What was chosen without a measurement. */
    public Compressed(Network network, Mask mask, OnnxForm form, List<LayerChange> layers) {
        this(network, mask, form, layers, List.of());
    }

    /** The same with parameters that were trained. */
    public Compressed with(Network trained) {
        return new Compressed(trained, mask, form, layers, sensitivities);
    }

    /** The same, chosen by these measurements. */
    public Compressed chosenBy(List<Sensitivity> measured) {
        return new Compressed(network, mask, form, layers, measured);
    }

    /** A dense float32 network; the zeros of earlier stages stay as far as their tensors do. */
    public static Compressed of(Network network, CompressionContext context, List<LayerChange> layers) {
        return new Compressed(network, context.mask().carriedTo(network), OnnxForm.FLOAT32, layers);
    }
}
