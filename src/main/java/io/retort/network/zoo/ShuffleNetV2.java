package io.retort.network.zoo;

import io.retort.config.SettingException;
import io.retort.network.Layer;
import io.retort.network.Layer.Bias;
import io.retort.network.Layer.Pool;
import io.retort.network.MovingLayer;
import io.retort.network.Shape;
import io.retort.network.ShapeException;
import io.retort.network.Structure;
import io.retort.network.Window;
import io.retort.network.zoo.Architecture.Stem;
import java.util.List;

/**
 * Kind {@code shufflenet-v2}: a 3×3 convolution, stages of split-and-shuffle units each of which halves the image, a
 * 1×1 convolution, and a global average (Ma et al. 2018, arXiv:1807.11164, table 5).
 *
 * @param stemChannels outputs of the first convolution; the paper has 24
 * @param channels of each stage, even numbers; the paper has {@code [116, 232, 464]} at 1×
 * @param blocks units in each stage; the paper has {@code [4, 8, 4]}
 * @param head outputs of the last convolution; the paper has 1024
 */
public record ShuffleNetV2(int stemChannels, List<Integer> channels, List<Integer> blocks, int head, Stem stem)
        implements Architecture {
    public ShuffleNetV2 {
        channels = List.copyOf(channels);
        blocks = List.copyOf(blocks);
        SettingException.requirePositive("stem-channels", stemChannels);
        SettingChecks.requireAllPositive("channels", channels);
        SettingChecks.requireBlocks(blocks);
        SettingException.requirePositive("head", head);
        if (channels.size() != blocks.size()) {
            throw new SettingException(
                    "channels", "must name as many stages as blocks, were " + channels + " and " + blocks);
        }
        if (channels.stream().anyMatch(value -> value % 2 != 0)) {
            throw new SettingException("channels", "must be even, because units split them, were " + channels);
        }
    }

    @Override
    public Structure build(Shape input, int classes) {
        int halvings = blocks.size() + (stem == Stem.IMAGENET ? 2 : 0);
        Blocks network = Blocks.overImages("shufflenet-v2", input, halvings)
                .convolution("stem", stemChannels, 3, stem == Stem.IMAGENET ? 2 : 1);
        if (stem == Stem.IMAGENET) {
            network.then("stem.pool", new Layer.Pool(Pool.Kind.MAX, Window.strided(3, 2)));
        }
        return network.stages(
                        blocks,
                        (name, stage, block) ->
                                ShuffleBlocks.split(network, name, channels.get(stage), block == 0 ? 2 : 1))
                .convolution("head", head, 1, 1)
                .averageAndClassify(classes);
    }

    /** The units of both ShuffleNets. */
    static final class ShuffleBlocks {
        private ShuffleBlocks() {}

        /**
         * ShuffleNet's unit: a 1×1 convolution within groups to a quarter of the outputs, a shuffle, a 3×3 depthwise and
         * a 1×1 convolution within groups, then the shortcut: added, or with stride 2 pooled 3×3 and put beside it (Zhang
         * et al. 2017, arXiv:1707.01083, figure 2). {@code groups} divides the inputs, a quarter of the outputs, and with
         * stride 2 what the outputs have more than the inputs.
         */
        static Blocks grouped(Blocks network, String name, int outputs, int groups, int stride) {
            String start = network.last();
            Shape startShape = network.shape();
            int branchOutputs = stride == 1 ? outputs : outputs - network.channels();
            if (branchOutputs < 1) {
                throw new ShapeException("block '" + name + "' has stride 2 and keeps its input's " + network.channels()
                        + " channels, so it must have more than these, but has " + outputs);
            }
            pointwise(network, name + ".reduce", Math.max(1, outputs / 4), groups)
                    .relu(name + ".reduce")
                    .then(name + ".shuffle", new MovingLayer.ChannelShuffle(groups))
                    .normalisedDepthwise(name + ".depthwise", 3, stride);
            pointwise(network, name + ".expand", branchOutputs, groups);
            if (stride == 1) {
                return network.addShortcut(name, start, startShape, 1).relu(name);
            }
            String branch = network.last();
            network.join(name + ".shortcut", new Layer.Pool(Pool.Kind.AVERAGE, Window.strided(3, stride)), start);
            return network.join(name + ".concat", new Layer.Concat(), network.last(), branch)
                    .relu(name);
        }

        /**
         * ShuffleNet V2's unit: half of the channels pass, the other half go through a 1×1, a 3×3 depthwise and a 1×1
         * convolution; both halves are put side by side and shuffled. Where stride or channels change, nothing is split,
         * and the half that passed goes through a depthwise and a 1×1 convolution (Ma et al. 2018, arXiv:1807.11164,
         * figure 3c and 3d).
         */
        static Blocks split(Blocks network, String name, int outputs, int stride) {
            String start = network.last();
            int inputs = network.channels();
            String passed;
            if (stride == 1 && inputs == outputs) {
                network.then(name + ".pass", new Layer.Slice(0, inputs / 2));
                passed = network.last();
                network.join(name + ".work", new Layer.Slice(inputs / 2, inputs - inputs / 2), start);
            } else {
                network.normalisedDepthwise(name + ".pass.depthwise", 3, stride)
                        .convolution(name + ".pass", outputs / 2, 1, 1);
                passed = network.last();
            }
            String reduced = name + ".reduce";
            String from = stride == 1 && inputs == outputs ? name + ".work" : start;
            int half = outputs - outputs / 2;
            network.join(reduced + ".conv", new Layer.Conv(half, Window.valid(1, 1), Bias.NONE), from)
                    .normalise(reduced)
                    .relu(reduced)
                    .normalisedDepthwise(name + ".depthwise", 3, stride)
                    .convolution(name + ".expand", half, 1, 1);
            return network.join(name + ".concat", new Layer.Concat(), passed, network.last())
                    .then(name + ".shuffle", new MovingLayer.ChannelShuffle(2));
        }

        private static Blocks pointwise(Blocks network, String name, int outputs, int groups) {
            return network.then(name + ".conv", new Layer.GroupedConv(outputs, groups, Window.valid(1, 1), Bias.NONE))
                    .normalise(name);
        }
    }
}
