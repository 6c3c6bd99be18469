package io.retort.network.zoo;

import io.retort.network.Shape;
import io.retort.network.Structure;

/**
 * Kind {@code shift-resnet}: {@link ResNetCifar} with a conv-shift-conv in place of each pair of 3×3 convolutions; depth {@code 6n + 2} (Wu et al.
 * 2017, arXiv:1711.08141, section 4.1).
 *
 * @param n residual blocks in each stage; the paper has 3, 9 and 18
 * @param width channels of the first stage; the paper has 16
 * @param expansion inner channels by outputs of a block; the paper has 1, 3, 6 and 9
 * @param movement how channels shift; the paper has {@code grid}
 */
public record ShiftResNet(int n, int width, int expansion, Movement movement) implements ArchitectureSettings {
    private static final int STAGES = 3;

    /** How channels are shifted. */
    public enum Movement {
        /** By one pixel, in the nine directions of a 3×3 kernel (ShiftNet, arXiv:1711.08141). */
        GRID,
        /** By one pixel up, down, left and right, after the channels have turned by a quarter (AddressNet, arXiv:1809.08458). */
        ADDRESS,
        /** As far as each channel learns, between pixels too (Jeon and Kim 2018, arXiv:1806.07370). */
        ACTIVE,
        /** By the whole pixels that each channel learns, drawn to 0 by a penalty of 1e-4 (Chen et al. 2019, arXiv:1903.05285). */
        SPARSE
    }

    public ShiftResNet {
        Settings.requirePositive("n", n);
        Settings.requirePositive("width", width);
        Settings.requirePositive("expansion", expansion);
    }

    @Override
    public Structure build(Shape input, int classes) {
        Blocks network = Blocks.overImages("shift-resnet", input, STAGES - 1).convolution("stem", width, 3, 1);
        for (int stage = 0; stage < STAGES; stage++) {
            for (int block = 0; block < n; block++) {
                int stride = stage > 0 && block == 0 ? 2 : 1;
                String name = "stage" + (stage + 1) + "." + (block + 1);
                ShiftBlocks.residual(network, name, width << stage, expansion, movement, stride);
            }
        }
        return network.averageAndClassify(classes);
    }
}
