package io.retort.engine.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.retort.network.Layer;
import io.retort.network.Network;
import io.retort.network.Shape;
import io.retort.network.Structure;
import io.retort.network.Tensor;
import io.retort.network.Window;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.learning.config.Sgd;

/**
 * A grouped convolution learns as plain convolutions of slices do, put side by side: one step moves every parameter
 * alike.
 */
class GroupedGradientTest {
    static {
        NativeBackend.configure();
    }

    private static final int BATCH = 5;
    private static final int OUTPUTS = 8;

    @ParameterizedTest
    @CsvSource({"4, 4, 1", "4, 2, 1", "4, 4, 3", "8, 2, 3", "8, 8, 1"}) // one input per group and more
    void movesAsItsPartsDo(int channels, int groups, int kernel) {
        Window window = Window.same(kernel);
        Structure.Builder grouped =
                start(channels).then("grouped", new Layer.GroupedConv(OUTPUTS, groups, window, Layer.Bias.NONE));
        Structure.Builder parts = start(channels);
        String[] names = new String[groups];
        for (int group = 0; group < groups; group++) {
            names[group] = "part" + group;
            parts.join("slice" + group, new Layer.Slice(group * channels / groups, channels / groups), "tanh")
                    .then(names[group], new Layer.Conv(OUTPUTS / groups, window, Layer.Bias.NONE));
        }
        parts.join("grouped.parts", new Layer.Concat(), names);
        Network whole = Networks.randomised(end(grouped), 1);
        Network split = split(whole, end(parts), names);

        Network wholeAfter = afterOneStep(whole);
        Network splitAfter = afterOneStep(split);
        for (String name : List.of("first/weight", "norm/scale", "norm/shift", "after.norm/scale", "logits/weight")) {
            assertThat(wholeAfter.parameter(name).values())
                    .as(name)
                    .containsExactly(splitAfter.parameter(name).values(), within(2e-5f))
                    .isNotEqualTo(whole.parameter(name).values());
        }
        float[] weights = wholeAfter.parameter("grouped/weight").values();
        int each = weights.length / groups;
        for (int group = 0; group < groups; group++) {
            assertThat(Arrays.copyOfRange(weights, group * each, (group + 1) * each))
                    .as("group %d", group)
                    .containsExactly(
                            splitAfter.parameter(names[group] + "/weight").values(), within(2e-5f));
        }
    }

    private static Structure.Builder start(int channels) {
        return Structure.from(Shape.image(2, 6, 5))
                .then("first", new Layer.Conv(channels, Window.same(3), Layer.Bias.NONE))
                .then("norm", Layer.BatchNorm.standard())
                .then("tanh", new Layer.Activate(Layer.Activate.Function.TANH));
    }

    private static Structure end(Structure.Builder structure) {
        return structure
                .then("after.norm", Layer.BatchNorm.standard())
                .then("after.tanh", new Layer.Activate(Layer.Activate.Function.TANH))
                .then("average", new Layer.GlobalAveragePool())
                .then("logits", new Layer.Dense(3, Layer.Bias.PER_CHANNEL))
                .build();
    }

    private static Network split(Network whole, Structure structure, String[] names) {
        Map<String, Tensor> parameters = new HashMap<>(whole.parameters());
        Tensor weight = parameters.remove("grouped/weight");
        int each = weight.values().length / names.length;
        List<Integer> sizes = weight.sizes();
        for (int group = 0; group < names.length; group++) {
            parameters.put(
                    names[group] + "/weight",
                    new Tensor(
                            List.of(sizes.get(0) / names.length, sizes.get(1), sizes.get(2), sizes.get(3)),
                            Arrays.copyOfRange(weight.values(), group * each, (group + 1) * each)));
        }
        return new Network(structure, parameters);
    }

    private static Network afterOneStep(Network network) {
        Dl4jNetwork trainable = Dl4jNetwork.of(network, new Sgd(1), 0, new PackedCrossEntropy());
        trainable.step(
                Networks.features(network.structure(), BATCH, 2), Networks.targets(network.structure(), BATCH, 3));
        return trainable.network();
    }
}
