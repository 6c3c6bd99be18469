package io.retort.compress.quantize;

import static org.assertj.core.api.Assertions.assertThat;

import io.retort.network.Layer;
import io.retort.network.Layer.Activate;
import io.retort.network.Layer.Activate.Function;
import io.retort.network.Layer.Bias;
import io.retort.network.Layer.Pool;
import io.retort.network.Shape;
import io.retort.network.Structure;
import io.retort.network.Window;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class Int8PlanTest {
    private static final Structure CHAIN = Structure.from(Shape.image(1, 8, 8))
            .then("conv1", new Layer.Conv(4, Window.same(3), Bias.PER_CHANNEL))
            .then("relu1", new Activate(Function.RELU))
            .then("pool1", new Pool(Pool.Kind.MAX, Window.valid(2, 2)))
            .then("conv2", new Layer.Conv(4, Window.same(3), Bias.PER_CHANNEL))
            .then("tanh2", new Activate(Function.TANH))
            .then("flat", new Layer.Flatten())
            .then("dense", new Layer.Dense(3, Bias.PER_CHANNEL))
            .build();

    @Test
    void codesWhatInt8LayersGiveAndRead() {
        Int8Plan plan = Int8Plan.of(CHAIN, Set.of());
        // conv1 is read by its ReLU alone; tanh2 is float32 and read by float32, flat by an int8 layer; the last gives
        // logits
        assertThat(plan.values()).containsExactly("input", "relu1", "pool1", "conv2", "flat");
        assertThat(plan.sameAs()).isEqualTo(Map.of("pool1", "relu1"));
        assertThat(plan.weights()).containsExactly("conv1", "conv2", "dense");
    }

    @Test
    void leavesWhatIsKeptInFloat() {
        Int8Plan plan = Int8Plan.of(CHAIN, Set.of("conv1"));
        assertThat(plan.values()).containsExactly("pool1", "conv2", "flat");
        assertThat(plan.sameAs()).isEmpty();
        assertThat(plan.weights()).containsExactly("conv2", "dense");
        assertThat(Int8Plan.of(CHAIN, Set.of("conv1", "conv2", "dense")).values())
                .isEmpty();
    }

    @Test
    void codesBothBranchesOfASum() {
        Structure residual = Structure.from(Shape.image(2, 4, 4))
                .then("stem", new Layer.Conv(2, Window.same(3), Bias.NONE))
                .then("stem.relu", new Activate(Function.RELU))
                .then("branch", new Layer.Conv(2, Window.same(3), Bias.NONE))
                .join("add", new Layer.Add(), "branch", "stem.relu")
                .then("relu", new Activate(Function.RELU6))
                .then("average", new Layer.GlobalAveragePool())
                .build();
        assertThat(Int8Plan.of(residual, Set.of()).values())
                .containsExactly("input", "stem.relu", "branch", "relu"); // the average is the logits
    }
}
