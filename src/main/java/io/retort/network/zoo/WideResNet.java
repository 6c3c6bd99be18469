package io.retort.network.zoo;

import io.retort.network.Layer;
import io.retort.network.Layer.Bias;
import io.retort.network.Shape;
import io.retort.network.Structure;
import io.retort.network.Window;

/**
 * Kind {@code wide-resnet}: a convolution of 16 channels, then three stages of n pre-activated residual blocks with 16, 32 and 64 channels times k, of
 * which the second and the third halve the image; WRN-d-k of depth {@code d = 6n + 4} (Zagoruyko and Komodakis 2016, arXiv:1605.07146, table 1).
 *
 * @param n residual blocks in each stage; 2 for WRN-16, 4 for WRN-28, 6 for WRN-40
 * @param k the widening factor
 */
public record WideResNet(int n, int k) implements ArchitectureSettings {
    private static final int STAGES = 3;

    public WideResNet {
        Settings.requirePositive("n", n);
        Settings.requirePositive("k", k);
    }

    @Override
    public Structure build(Shape input, int classes) {
        Blocks network = Blocks.overImages("wide-resnet", input, STAGES - 1)
                .then("stem.conv", new Layer.Conv(16, Window.same(3), Bias.NONE));
        for (int stage = 0; stage < STAGES; stage++) {
            for (int block = 0; block < n; block++) {
                int stride = stage > 0 && block == 0 ? 2 : 1;
                String name = "stage" + (stage + 1) + "." + (block + 1);
                ResidualBlocks.preActivated(network, name, (16 * k) << stage, stride);
            }
        }
        return network.normalise("last").relu("last").averageAndClassify(classes);
    }
}
