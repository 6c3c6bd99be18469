package io.retort.network.zoo;

import io.retort.config.SettingException;
import io.retort.network.Layer.Activate.Function;
import io.retort.network.Shape;
import io.retort.network.Structure;
import java.util.List;

/**
 * Kind {@code mobilenet}: a convolution of 32 channels, then stages of depthwise-separable blocks with 64, 128, 256 ...
 * channels, up to 1024, all times the width multiplier; every stage but the first halves the image (Howard et al. 2017,
 * arXiv:1704.04861).
 *
 * <p>The first convolution has stride 1, where the paper, for images of 224×224, has 2. Channels are rounded to a
 * multiple of 8, which changes nothing at the paper's widths.
 *
 * @param width the multiplier of all channels; the paper has 1, 0.75, 0.5 and 0.25
 * @param blocks separable blocks in each stage; the paper has {@code [1, 2, 2, 6, 2]}
 */
public record MobileNet(double width, List<Integer> blocks) implements Architecture {
    public MobileNet {
        blocks = List.copyOf(blocks);
        SettingChecks.requireWidth(width);
        SettingChecks.requireBlocks(blocks);
    }

    @Override
    public Structure build(Shape input, int classes) {
        Blocks network =
                Blocks.overImages("mobilenet", input, blocks.size() - 1).convolution("stem", channels(32), 3, 1);
        return network.stages(
                        blocks,
                        (name, stage, block) -> network.separable(
                                name, channels(64 << Math.min(stage, 4)), Blocks.halving(stage, block)))
                .averageAndClassify(classes);
    }

    private int channels(int atWidthOne) {
        return 8 * (int) Math.max(1, Math.round(atWidthOne * width / 8));
    }

    /**
     * Kind {@code mobilenet-v2}: a 3×3 convolution, stages of inverted residuals with linear bottlenecks, a 1×1
     * convolution, and a global average (Sandler et al. 2018, arXiv:1801.04381, table 2).
     *
     * <p>The stages have 16, 24, 32, 64, 96, 160 and 320 channels times the width, rounded to a multiple of 8 as in the
     * published code; the first has expansion 1, and the 2nd, 3rd, 4th and 6th halve the image. With the small stem the
     * first convolution and the 2nd stage do not.
     *
     * @param width the multiplier of all channels but the head's
     * @param expansion of all stages but the first; the paper has 6
     * @param blocks in each stage, of as many stages as are wanted, at most 7; the paper has
     *     {@code [1, 2, 3, 4, 3, 3, 1]}
     * @param head outputs of the last convolution; the paper has 1280
     */
    public record V2(double width, int expansion, List<Integer> blocks, int head, Stem stem) implements Architecture {
        private static final List<Integer> CHANNELS = List.of(16, 24, 32, 64, 96, 160, 320);
        private static final List<Integer> STRIDES = List.of(1, 2, 2, 2, 1, 2, 1);

        public V2 {
            blocks = List.copyOf(blocks);
            SettingChecks.requireWidth(width);
            SettingException.requirePositive("expansion", expansion);
            SettingException.requirePositive("head", head);
            SettingChecks.requireStages(blocks, CHANNELS.size());
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
            return network.stages(
                            blocks,
                            (name, stage, block) -> ResidualBlocks.inverted(
                                    network,
                                    name,
                                    channels(CHANNELS.get(stage)),
                                    stage == 0 ? 1 : expansion,
                                    block == 0 ? stride(stage) : 1))
                    .normalisedConvolution("head", head, 1, 1)
                    .activate("head", Function.RELU6)
                    .averageAndClassify(classes);
        }

        private int stride(int stage) {
            return stem == Stem.SMALL && stage == 1 ? 1 : STRIDES.get(stage);
        }

        private int channels(int atWidthOne) {
            return SettingChecks.rounded(atWidthOne, width, 8);
        }
    }
}
