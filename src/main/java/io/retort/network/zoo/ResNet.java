package io.retort.network.zoo;

import io.retort.config.SettingException;
import io.retort.network.Layer;
import io.retort.network.Layer.Bias;
import io.retort.network.Shape;
import io.retort.network.Structure;
import io.retort.network.Window;
import java.util.Collections;

/**
 * Residual networks for small images: a first convolution, then three stages of n blocks around shortcuts. The second
 * and the third stage halve the image and double the channels.
 */
public final class ResNet {
    private static final int STAGES = 3;

    private ResNet() {}

    /** Appends a block with so many outputs. */
    @FunctionalInterface
    private interface Block {
        void append(String name, int outputs, int stride);
    }

    private static Blocks images(String architecture, Shape input) {
        return Blocks.overImages(architecture, input, STAGES - 1);
    }

    private static Blocks stages(Blocks network, int n, int width, Block block) {
        return network.stages(
                Collections.nCopies(STAGES, n),
                (name, stage, index) -> block.append(name, width << stage, Blocks.halving(stage, index)));
    }

    /**
     * Kind {@code resnet-cifar}: a convolution, then three stages of n residual blocks with width, 2·width and
     * 4·width channels, of which the second and the third halve the image; depth {@code 6n + 2} (He, Zhang, Ren, Sun
     * 2015, arXiv:1512.03385, section 4.2). Where a stage begins, the shortcut is a 1×1 convolution (option B) in
     * place of that section's zero padding.
     *
     * @param n residual blocks in each stage; the paper has 3, 5, 7, 9 and 18
     * @param width channels of the first stage; the paper has 16
     */
    public record Cifar(int n, int width) implements Architecture {
        public Cifar {
            SettingException.requirePositive("n", n);
            SettingException.requirePositive("width", width);
        }

        @Override
        public Structure build(Shape input, int classes) {
            Blocks network = images("resnet-cifar", input).convolution("stem", width, 3, 1);
            return stages(network, n, width, network::residual).averageAndClassify(classes);
        }
    }

    /**
     * Kind {@code wide-resnet}: a convolution of 16 channels, then three stages of n pre-activated residual blocks with
     * 16, 32 and 64 channels times k, of which the second and the third halve the image; WRN-d-k of depth
     * {@code d = 6n + 4} (Zagoruyko and Komodakis 2016, arXiv:1605.07146, table 1).
     *
     * @param n residual blocks in each stage; 2 for WRN-16, 4 for WRN-28, 6 for WRN-40
     * @param k the widening factor
     */
    public record Wide(int n, int k) implements Architecture {
        public Wide {
            SettingException.requirePositive("n", n);
            SettingException.requirePositive("k", k);
        }

        @Override
        public Structure build(Shape input, int classes) {
            Blocks network =
                    images("wide-resnet", input).then("stem.conv", new Layer.Conv(16, Window.same(3), Bias.NONE));
            Block block = (name, outputs, stride) -> ResidualBlocks.preActivated(network, name, outputs, stride);
            return stages(network, n, 16 * k, block)
                    .normalise("last")
                    .relu("last")
                    .averageAndClassify(classes);
        }
    }

    /**
     * Kind {@code shift-resnet}: {@link ResNet.Cifar} with a conv-shift-conv in place of each pair of 3×3
     * convolutions; depth {@code 6n + 2} (Wu et al. 2017, arXiv:1711.08141, section 4.1).
     *
     * @param n residual blocks in each stage; the paper has 3, 9 and 18
     * @param width channels of the first stage; the paper has 16
     * @param expansion inner channels by outputs of a block; the paper has 1, 3, 6 and 9
     * @param movement how channels shift; the paper has {@code grid}
     */
    public record Shift(int n, int width, int expansion, Movement movement) implements Architecture {
        /** How channels are shifted. */
        public enum Movement {
            /** By one pixel, in the nine directions of a 3×3 kernel (ShiftNet, arXiv:1711.08141). */
            GRID,
            /**
             * By one pixel up, down, left and right, after the channels have turned by a quarter (AddressNet,
             * arXiv:1809.08458).
             */
            ADDRESS,
            /** As far as each channel learns, between pixels too (Jeon and Kim 2018, arXiv:1806.07370). */
            ACTIVE,
            /**
             * By the whole pixels that each channel learns, drawn to 0 by a penalty of 1e-4 (Chen et al. 2019,
             * arXiv:1903.05285).
             */
            SPARSE
        }

        public Shift {
            SettingException.requirePositive("n", n);
            SettingException.requirePositive("width", width);
            SettingException.requirePositive("expansion", expansion);
        }

        @Override
        public Structure build(Shape input, int classes) {
            Blocks network = images("shift-resnet", input).convolution("stem", width, 3, 1);
            Block block = (name, outputs, stride) ->
                    ResidualBlocks.shifted(network, name, outputs, expansion, movement, stride);
            return stages(network, n, width, block).averageAndClassify(classes);
        }
    }
}
