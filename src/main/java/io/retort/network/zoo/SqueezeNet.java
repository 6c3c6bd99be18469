package io.retort.network.zoo;

import io.retort.config.SettingException;
import io.retort.network.Layer;
import io.retort.network.Layer.Bias;
import io.retort.network.Layer.Pool;
import io.retort.network.Shape;
import io.retort.network.Structure;
import io.retort.network.Window;
import io.retort.network.zoo.Architecture.Stem;

/**
 * Kind {@code squeezenet}: a convolution, fire modules, a 1×1 convolution to the classes, and a global average
 * (Iandola et al. 2016, arXiv:1602.07360, section 3.3).
 *
 * <p>Fire module i, counted from 0, has {@code expand · (1 + ⌊i / 2⌋)} outputs and squeezes to an eighth of them;
 * a max pool follows the first convolution and the 3rd and the 7th module where another comes after. Dropout and the
 * ReLU before the global average are left out: logits below 0 are needed by a distillation loss.
 *
 * @param expand outputs of the first module; the paper has 128
 * @param modules how many; the paper has 8
 * @param normalisation {@code batch}, or {@code none} as in the paper
 */
public record SqueezeNet(int expand, int modules, Stem stem, Normalisation normalisation) implements Architecture {
    /** What follows the convolutions. */
    public enum Normalisation {
        /** BatchNorm; convolutions have no bias. */
        BATCH,
        /** Nothing; convolutions have a bias. */
        NONE
    }

    public SqueezeNet {
        SettingException.requirePositive("expand", expand);
        SettingException.requirePositive("modules", modules);
    }

    @Override
    public Structure build(Shape input, int classes) {
        int halvings = 1 + (modules > 3 ? 1 : 0) + (modules > 7 ? 1 : 0);
        Blocks network =
                Blocks.overImages("squeezenet", input, stem == Stem.SMALL ? 1 << halvings : 63, reason(halvings));
        stem(network);
        for (int module = 0; module < modules; module++) {
            int outputs = expand * (1 + module / 2);
            String name = "fire" + (module + 2); // the paper counts the first convolution
            ConvolutionBlocks.fire(network, name, Math.max(1, outputs / 8), outputs, normalisation);
            if ((module == 2 || module == 6) && module < modules - 1) {
                pool(network, name + ".pool");
            }
        }
        return network.then("classify", new Layer.Conv(classes, Window.valid(1, 1), Bias.PER_CHANNEL))
                .then("logits", new Layer.GlobalAveragePool())
                .build();
    }

    private String reason(int halvings) {
        return stem == Stem.SMALL
                ? "it halves them " + halvings + " times"
                : "its 7x7 convolution and pools halve them";
    }

    private void stem(Blocks network) {
        int outputs = Math.max(1, expand * 3 / 4);
        Window window = stem == Stem.IMAGENET ? Window.valid(7, 2) : Window.same(3);
        Bias bias = normalisation == Normalisation.NONE ? Bias.PER_CHANNEL : Bias.NONE;
        network.then("stem.conv", new Layer.Conv(outputs, window, bias));
        if (normalisation == Normalisation.BATCH) {
            network.normalise("stem");
        }
        network.relu("stem");
        pool(network, "stem.pool");
    }

    private void pool(Blocks network, String name) {
        network.then(name, new Pool(Pool.Kind.MAX, stem == Stem.IMAGENET ? Window.valid(3, 2) : Window.valid(2, 2)));
    }
}
