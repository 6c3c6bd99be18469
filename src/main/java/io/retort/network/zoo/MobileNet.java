package io.retort.network.zoo;

import io.retort.network.Shape;
import io.retort.network.Structure;
import java.util.List;

/**
 * Kind {@code mobilenet}: a convolution of 32 channels, then stages of depthwise-separable blocks with 64, 128, 256 ... channels, up to 1024, all
 * times the width multiplier; every stage but the first halves the image (Howard et al. 2017, arXiv:1704.04861).
 *
 * <p>The first convolution has stride 1, where the paper, for images of 224×224, has 2. Channels are rounded to a multiple of 8, which
 * changes nothing at the paper's widths.
 *
 * @param width the multiplier of all channels; the paper has 1, 0.75, 0.5 and 0.25
 * @param blocks separable blocks in each stage; the paper has {@code [1, 2, 2, 6, 2]}
 */
public record MobileNet(double width, List<Integer> blocks) implements ArchitectureSettings {
    public MobileNet {
        blocks = List.copyOf(blocks);
        Settings.requireWidth(width);
        Settings.requireBlocks(blocks);
    }

    @Override
    public Structure build(Shape input, int classes) {
        Blocks network =
                Blocks.overImages("mobilenet", input, blocks.size() - 1).convolution("stem", channels(32), 3, 1);
        for (int stage = 0; stage < blocks.size(); stage++) {
            for (int block = 0; block < blocks.get(stage); block++) {
                int stride = stage > 0 && block == 0 ? 2 : 1;
                network.separable(
                        "stage" + (stage + 1) + "." + (block + 1), channels(64 << Math.min(stage, 4)), stride);
            }
        }
        return network.averageAndClassify(classes);
    }

    private int channels(int atWidthOne) {
        return 8 * (int) Math.max(1, Math.round(atWidthOne * width / 8));
    }
}
