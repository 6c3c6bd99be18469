package io.retort.network.zoo;

import io.retort.network.Layer.Activate.Function;
import io.retort.network.Shape;
import io.retort.network.Structure;
import java.util.List;

/**
 * Kind {@code mobilenet-v2}: a 3×3 convolution, stages of inverted residuals with linear bottlenecks, a 1×1 convolution, and a global average
 * (Sandler et al. 2018, arXiv:1801.04381, table 2).
 *
 * <p>The stages have 16, 24, 32, 64, 96, 160 and 320 channels times the width, rounded to a multiple of 8 as in the published code; the first has
 * expansion 1, and the 2nd, 3rd, 4th and 6th halve the image. With the small stem the first convolution and the 2nd stage do not.
 *
 * @param width the multiplier of all channels but the head's
 * @param expansion of all stages but the first; the paper has 6
 * @param blocks in each stage, of as many stages as are wanted, at most 7; the paper has {@code [1, 2, 3, 4, 3, 3, 1]}
 * @param head outputs of the last convolution; the paper has 1280
 */
public record MobileNetV2(double width, int expansion, List<Integer> blocks, int head, Stem stem)
        implements ArchitectureSettings {
    private static final List<Integer> CHANNELS = List.of(16, 24, 32, 64, 96, 160, 320);
    private static final List<Integer> STRIDES = List.of(1, 2, 2, 2, 1, 2, 1);

    public MobileNetV2 {
        blocks = List.copyOf(blocks);
        Settings.requireWidth(width);
        Settings.requirePositive("expansion", expansion);
        Settings.requirePositive("head", head);
        Settings.requireStages(blocks, CHANNELS.size());
    }

    @Override
    public Structure build(Shape input, int classes) {
        int halvings = stem == Stem.IMAGENET ? 1 : 0;
        for (int stage = 0; stage < blocks.size(); stage++) {
            halvings += stride(stage) - 1;
        }
        Blocks network = Blocks.overImages("mobilenet-v2", input, halvings)
                .normalisedConvolution("stem", channels(32), 3, stem == Stem.IMAGENET ? 2 : 1)
                .activate("stem", Function.RELU6);
        for (int stage = 0; stage < blocks.size(); stage++) {
            for (int block = 0; block < blocks.get(stage); block++) {
                ResidualBlocks.inverted(
                        network,
                        "stage" + (stage + 1) + "." + (block + 1),
                        channels(CHANNELS.get(stage)),
                        stage == 0 ? 1 : expansion,
                        block == 0 ? stride(stage) : 1);
            }
        }
        return network.normalisedConvolution("head", head, 1, 1)
                .activate("head", Function.RELU6)
                .averageAndClassify(classes);
    }

    private int stride(int stage) {
        return stem == Stem.SMALL && stage == 1 ? 1 : STRIDES.get(stage);
    }

    private int channels(int atWidthOne) {
        return Settings.rounded(atWidthOne, width, 8);
    }
}
