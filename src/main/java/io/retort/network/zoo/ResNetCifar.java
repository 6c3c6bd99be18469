package io.retort.network.zoo;

import io.retort.network.Shape;
import io.retort.network.Structure;

/**
 * Kind {@code resnet-cifar}: a convolution, then three stages of n residual blocks with width, 2·width and 4·width channels, of which the second
 * and the third halve the image; depth {@code 6n + 2} (He, Zhang, Ren, Sun 2015, arXiv:1512.03385, section 4.2). Where a stage begins, the
 * shortcut is a 1×1 convolution (option B) in place of that section's zero padding.
 *
 * @param n residual blocks in each stage; the paper has 3, 5, 7, 9 and 18
 * @param width channels of the first stage; the paper has 16
 */
public record ResNetCifar(int n, int width) implements ArchitectureSettings {
    private static final int STAGES = 3;

    public ResNetCifar {
        Settings.requirePositive("n", n);
        Settings.requirePositive("width", width);
    }

    @Override
    public Structure build(Shape input, int classes) {
        Blocks network = Blocks.overImages("resnet-cifar", input, STAGES - 1).convolution("stem", width, 3, 1);
        for (int stage = 0; stage < STAGES; stage++) {
            for (int block = 0; block < n; block++) {
                int stride = stage > 0 && block == 0 ? 2 : 1;
                network.residual("stage" + (stage + 1) + "." + (block + 1), width << stage, stride);
            }
        }
        return network.averageAndClassify(classes);
    }
}
