package io.retort.network.zoo;

import io.retort.config.SettingException;
import io.retort.network.Layer;
import io.retort.network.Layer.Pool;
import io.retort.network.Shape;
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
}
