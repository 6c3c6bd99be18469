package io.retort.network.zoo;

import io.retort.config.Names;
import io.retort.config.SettingException;
import io.retort.network.Layer;
import io.retort.network.Layer.Activate;
import io.retort.network.Layer.Activate.Function;
import io.retort.network.Layer.Bias;
import io.retort.network.Layer.Pool;
import io.retort.network.Shape;
import io.retort.network.Structure;
import io.retort.network.Window;
import java.util.List;

/** Layers one after another, without shortcuts: the networks before residual ones. */
public final class PlainNetwork {
    private PlainNetwork() {}

    /**
     * Kind {@code mlp}: dense layers with a function between them, for vectors and (flattened) images.
     *
     * @param hidden the widths of the hidden layers; without any it is multinomial logistic regression
     * @param activation behind each of them
     */
    public record Mlp(List<Integer> hidden, Activate.Function activation) implements Architecture {
        /** With ReLU. */
        public Mlp(List<Integer> hidden) {
            this(hidden, Function.RELU);
        }

        public Mlp {
            hidden = List.copyOf(hidden);
            SettingChecks.requireAllPositive("hidden", hidden);
        }

        @Override
        public Structure build(Shape input, int classes) {
            Blocks blocks = Blocks.over(input).flatten();
            for (int i = 0; i < hidden.size(); i++) {
                String name = "hidden" + (i + 1);
                blocks.then(name + ".dense", new Layer.Dense(hidden.get(i), Layer.Bias.PER_CHANNEL))
                        .then(name + "." + Names.kebab(activation), new Activate(activation));
            }
            return blocks.classify(classes);
        }
    }

    /**
     * Kind {@code lenet5}: two 5×5 convolutions, each pooled, then dense layers. The defaults are those of LeCun,
     * Bottou, Bengio, Haffner 1998, "Gradient-based learning applied to document recognition", section II.B: 6 and 16
     * channels, dense layers of 120 and 84.
     *
     * <p>The usual padding of 2 is that of the paper's 28×28 digits to 32×32. Pooling has no parameters, every map of
     * the second convolution reads all of the first, and the output is dense.
     *
     * <p>What later papers on compression call LeNet-5 is Caffe's:
     * {@code channels = [20, 50], padding = 0, hidden = [500]}, 431,080 parameters for 1×28×28 and 10 classes (431 K
     * in Han, Mao, Dally 2016, arXiv:1510.00149, table 3).
     *
     * @param channels of the two convolutions
     * @param padding of the first convolution, from 0 to 2
     * @param hidden the widths of the dense layers before the last
     * @param activation the paper has tanh; today's usual choice is ReLU
     * @param pool the paper has the average; today's usual choice is the maximum
     */
    public record LeNet5(
            List<Integer> channels, int padding, List<Integer> hidden, Activate.Function activation, Pool.Kind pool)
            implements Architecture {
        private static final int KERNEL = 5;

        public LeNet5 {
            channels = List.copyOf(channels);
            hidden = List.copyOf(hidden);
            if (channels.size() != 2) {
                throw new SettingException("channels", "must be two, one for each convolution, was " + channels);
            }
            SettingChecks.requireAllPositive("channels", channels);
            SettingChecks.requireAllPositive("hidden", hidden);
            if (padding < 0 || padding > 2) {
                throw new SettingException("padding", "must be from 0 to 2, was " + padding);
            }
        }

        @Override
        public Structure build(Shape input, int classes) {
            int least = 16 - 2 * padding; // ((16 - 4) / 2 - 4) / 2 = 1 place is left
            Blocks blocks = Blocks.overImages(
                            "lenet5", input, least, "its 5x5 convolutions and pools would leave nothing")
                    .then(
                            "conv1",
                            new Layer.Conv(
                                    channels.get(0),
                                    new Window(KERNEL, KERNEL, 1, 1, padding, padding),
                                    Bias.PER_CHANNEL))
                    .then("conv1.activate", new Activate(activation))
                    .pool("pool1", pool)
                    .then("conv2", new Layer.Conv(channels.get(1), Window.valid(KERNEL, 1), Bias.PER_CHANNEL))
                    .then("conv2.activate", new Activate(activation))
                    .pool("pool2", pool)
                    .flatten();
            for (int i = 0; i < hidden.size(); i++) {
                String name = "dense" + (i + 1);
                blocks.then(name, new Layer.Dense(hidden.get(i), Bias.PER_CHANNEL))
                        .then(name + ".activate", new Activate(activation));
            }
            return blocks.classify(classes);
        }
    }

    /**
     * Kind {@code vgg}: stages of 3×3 convolutions with BatchNorm and ReLU, a max-pool between stages, which doubles
     * the channels, up to eight times the first stage's; a global average and one dense layer at the end (after
     * Simonyan and Zisserman 2014, arXiv:1409.1556, whose dense layers of 4096 it leaves out).
     *
     * @param width channels of the first stage
     * @param blocks convolutions in each stage; VGG-16 has {@code [2, 2, 3, 3, 3]} and width 64
     */
    public record Vgg(int width, List<Integer> blocks) implements Architecture {
        public Vgg {
            blocks = List.copyOf(blocks);
            SettingException.requirePositive("width", width);
            SettingChecks.requireBlocks(blocks);
        }

        @Override
        public Structure build(Shape input, int classes) {
            Blocks network = Blocks.overImages("vgg", input, blocks.size() - 1);
            return network.stages(blocks, (name, stage, block) -> {
                        if (stage > 0 && block == 0) {
                            network.pool("pool" + stage, Pool.Kind.MAX);
                        }
                        network.convolution(name, width << Math.min(stage, 3), 3, 1);
                    })
                    .averageAndClassify(classes);
        }
    }
}
