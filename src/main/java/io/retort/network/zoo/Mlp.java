package io.retort.network.zoo;

import io.retort.network.Layer;
import io.retort.network.Layer.Activate.Function;
import io.retort.network.Shape;
import io.retort.network.Structure;
import java.util.List;

/**
 * Kind {@code mlp}: dense layers with ReLU between them, for vectors and (flattened) images.
 *
 * @param hidden the widths of the hidden layers; without any it is multinomial logistic regression
 */
public record Mlp(List<Integer> hidden) implements ArchitectureSettings {
    public Mlp {
        hidden = List.copyOf(hidden);
        Settings.requireAllPositive("hidden", hidden);
    }

    @Override
    public Structure build(Shape input, int classes) {
        Blocks blocks = Blocks.over(input).flatten();
        for (int i = 0; i < hidden.size(); i++) {
            String name = "hidden" + (i + 1);
            blocks.then(name + ".dense", new Layer.Dense(hidden.get(i), Layer.Bias.PER_CHANNEL))
                    .then(name + ".relu", new Layer.Activate(Function.RELU));
        }
        return blocks.classify(classes);
    }
}
