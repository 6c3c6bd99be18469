package io.retort.network.zoo;

import io.retort.network.Layer;
import io.retort.network.Layer.Activate;
import io.retort.network.Layer.Bias;
import io.retort.network.Layer.Pool;
import io.retort.network.Shape;
import io.retort.network.Structure;
import io.retort.network.Window;

/**
 * Kind {@code lenet5}: convolutions of 6 and 16 channels, each pooled, then dense layers of 120 and 84 (LeCun, Bottou, Bengio, Haffner 1998,
 * "Gradient-based learning applied to document recognition", section II.B).
 *
 * <p>The first convolution pads by 2, as the paper's 28×28 digits were padded to 32×32. Pooling has no parameters, every map of the second
 * convolution reads all six, and the output is dense.
 *
 * @param activation the paper has tanh; today's usual choice is ReLU
 * @param pool the paper has the average; today's usual choice is the maximum
 */
public record LeNet5(Activate.Function activation, Pool.Kind pool) implements ArchitectureSettings {
    @Override
    public Structure build(Shape input, int classes) {
        return Blocks.overImages("lenet5", input, 12, "its 5x5 convolutions and pools would leave nothing")
                .then("conv1", new Layer.Conv(6, Window.same(5), Bias.PER_CHANNEL))
                .then("conv1.activate", new Activate(activation))
                .pool("pool1", pool)
                .then("conv2", new Layer.Conv(16, Window.valid(5, 1), Bias.PER_CHANNEL))
                .then("conv2.activate", new Activate(activation))
                .pool("pool2", pool)
                .flatten()
                .then("dense1", new Layer.Dense(120, Bias.PER_CHANNEL))
                .then("dense1.activate", new Activate(activation))
                .then("dense2", new Layer.Dense(84, Bias.PER_CHANNEL))
                .then("dense2.activate", new Activate(activation))
                .classify(classes);
    }
}
