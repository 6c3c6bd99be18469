package io.retort.engine.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.retort.engine.TrainableNetwork.TrainingState;
import io.retort.network.Layer;
import io.retort.network.Layer.Activate;
import io.retort.network.Layer.Activate.Function;
import io.retort.network.Layer.Bias;
import io.retort.network.Network;
import io.retort.network.RandomNetworks;
import io.retort.network.Shape;
import io.retort.network.Structure;
import io.retort.network.TokenLayer;
import io.retort.network.Vocabulary;
import io.retort.network.Window;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.Sgd;

/**
 * The gradient of networks of texts against central differences, parameter by parameter, and what an optimiser leaves
 * alone.
 */
class TextGradientTest {
    static {
        NativeBackend.configure();
    }

    private static final Vocabulary TOKENS = Vocabulary.standIn(8);
    private static final int LENGTH = 6;
    private static final int BATCH = LENGTH + 1;
    private static final float STEP = 1e-2f;

    enum Kind {
        ROWS,
        MEAN,
        BOTH
    }

    private static Structure structure(Kind kind) {
        Structure.Builder network = Structure.from(Shape.vector(LENGTH));
        if (kind != Kind.MEAN) {
            network.join("embedding", new TokenLayer.Embedding(TOKENS, 3), "input")
                    .then("conv", new Layer.Conv(4, new Window(1, 2, 1, 1, 0, 0), Bias.PER_CHANNEL))
                    .then("tanh", new Activate(Function.TANH))
                    .then("flat", new Layer.Flatten());
        }
        if (kind != Kind.ROWS) {
            network.join("bag", new TokenLayer.EmbeddingBag(TOKENS, 5), "input");
        }
        if (kind == Kind.BOTH) {
            network.join("both", new Layer.Concat(), "flat", "bag");
        }
        return network.then("logits", new Layer.Dense(3, Bias.PER_CHANNEL)).build();
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void agreesWithCentralDifferences(Kind kind) {
        Dl4jNetwork trainable = trainable(Networks.randomised(structure(kind), 1));
        TrainingState start = trainable.state();
        float[] gradient = gradient(trainable, start);
        double largest = 0;
        for (int i = 0; i < gradient.length; i++) {
            double up = loss(trainable, moved(start, i, STEP));
            double down = loss(trainable, moved(start, i, -STEP));
            largest = Math.max(largest, Math.abs(gradient[i]));
            assertThat((up - down) / (2 * STEP)).as("parameter %d", i).isCloseTo(gradient[i], within(5e-4));
        }
        assertThat(largest).isGreaterThan(0.05); // far above the tolerance
        assertThat(gradient(trainable, start)).isEqualTo(gradient); // nothing is left of the steps before
    }

    @Test
    void onlyTokensOfTheBatchAreMovedAndPaddingNever() {
        Network before = Network.initialised(structure(Kind.MEAN), 1);
        Dl4jNetwork trainable = Dl4jNetwork.of(before, new Adam(0.1), 0.1, new PackedCrossEntropy());
        float[] ids = {2, 3, 2, 0, 0, 0};
        for (int step = 0; step < 3; step++) {
            trainable.step(features(ids), Networks.targets(before.structure(), 1, 3));
        }
        float[] old = before.parameter("bag/table").values();
        float[] now = trainable.network().parameter("bag/table").values();
        for (int id = 0; id < TOKENS.size(); id++) {
            float[] row = Arrays.copyOfRange(now, id * 5, id * 5 + 5);
            if (id == 2 || id == 3) {
                assertThat(row).isNotEqualTo(Arrays.copyOfRange(old, id * 5, id * 5 + 5));
            } else {
                assertThat(row).isEqualTo(Arrays.copyOfRange(old, id * 5, id * 5 + 5)); // weight decay is no exception
            }
        }
        assertThat(now).startsWith(0, 0, 0, 0, 0);
    }

    @Test
    void refusesIdsThatTheVocabularyHasNot() {
        Dl4jNetwork trainable = trainable(Networks.randomised(structure(Kind.ROWS), 1));
        assertThatThrownBy(() -> trainable.logits(features(1, 2, 3, 10, 0, 0)))
                .hasMessageContaining("a token id must be a whole number from 0 to 9, was 10.0");
    }

    @Test
    void hasNoFormOfStockLayers() {
        assertThat(StockZip.obstacle(structure(Kind.MEAN)))
                .contains("node 'bag' is an embedding-bag, which DL4J's own layers cannot compute");
    }

    private static float[] gradient(Dl4jNetwork trainable, TrainingState start) {
        loss(trainable, start);
        float[] after = trainable.state().parameters();
        float[] gradient = new float[after.length];
        for (int i = 0; i < after.length; i++) {
            gradient[i] = start.parameters()[i] - after[i];
        }
        return gradient;
    }

    private static double loss(Dl4jNetwork trainable, TrainingState state) {
        trainable.restore(state);
        Structure structure = trainable.network().structure();
        return trainable.step(
                features(RandomNetworks.texts(TOKENS, LENGTH, BATCH, 2)), Networks.targets(structure, BATCH, 3));
    }

    private static INDArray features(float... ids) {
        return Nd4j.createFromArray(ids).reshape(ids.length / LENGTH, LENGTH);
    }

    private static Dl4jNetwork trainable(Network network) {
        return Dl4jNetwork.of(network, new Sgd(1), 0, new PackedCrossEntropy());
    }

    private static TrainingState moved(TrainingState state, int parameter, float by) {
        float[] parameters = state.parameters().clone();
        parameters[parameter] += by;
        return new TrainingState(parameters, state.updaterState(), state.iteration());
    }
}
