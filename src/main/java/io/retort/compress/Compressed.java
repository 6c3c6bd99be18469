package io.retort.compress;

import io.retort.network.Mask;
import io.retort.network.Network;
import java.util.List;
import java.util.function.Function;

/**
 * What a compressor made.
 *
 * @param network smaller than before, or with zeros
 * @param mask the weights that fine-tuning and all later stages keep at 0
 * @param form how the network is written as ONNX, once it is fine-tuned
 * @param layers what became of single layers, for the report
 * @param sensitivities what was measured to choose it, for the report; none where nothing was
 * @param finish what is made of the network once it is fine-tuned
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

    /** One that fine-tuning only gives other parameters, chosen without a measurement. */
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
    public static Compressed of(Network network, CompressionContext context, List<LayerChange> layers) {
        return new Compressed(network, context.mask().carriedTo(network), ExportFormat.FLOAT32, layers);
    }

    /** A network that is another thing before fine-tuning than after. */
    public static Compressed unfinished(Network network, Mask mask, Function<Network, Compressed> finish) {
        return new Compressed(network, mask, ExportFormat.FLOAT32, List.of(), List.of(), finish);
    }
}
