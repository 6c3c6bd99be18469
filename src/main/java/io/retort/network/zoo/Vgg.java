package io.retort.network.zoo;

import io.retort.network.Layer.Pool;
import io.retort.network.Shape;
import io.retort.network.Structure;
import java.util.List;

/**
 * Kind {@code vgg}: stages of 3×3 convolutions with BatchNorm and ReLU, a max-pool between stages, which doubles the channels, up to eight times
 * the first stage's; a global average and one dense layer at the end (after Simonyan and Zisserman 2014, arXiv:1409.1556, whose dense layers of
 * 4096 it leaves out).
 *
 * @param width channels of the first stage
 * @param blocks convolutions in each stage; VGG-16 has {@code [2, 2, 3, 3, 3]} and width 64
 */
public record Vgg(int width, List<Integer> blocks) implements ArchitectureSettings {
    public Vgg {
        blocks = List.copyOf(blocks);
        Settings.requirePositive("width", width);
        Settings.requireBlocks(blocks);
    }

    @Override
    public Structure build(Shape input, int classes) {
        Blocks network = Blocks.overImages("vgg", input, blocks.size() - 1);
        for (int stage = 0; stage < blocks.size(); stage++) {
            if (stage > 0) {
                network.pool("pool" + stage, Pool.Kind.MAX);
            }
            for (int block = 0; block < blocks.get(stage); block++) {
                network.convolution("stage" + (stage + 1) + "." + (block + 1), width << Math.min(stage, 3), 3, 1);
            }
        }
        return network.averageAndClassify(classes);
    }
}
