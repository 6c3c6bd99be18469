package io.retort.distill;

import io.retort.distill.loss.Objective;
import io.retort.engine.TrainableNetwork;
import io.retort.engine.TrainableNetwork.Logits;
import io.retort.engine.TrainableNetwork.Precision;
import io.retort.engine.TrainableNetwork.TapHead;
import io.retort.engine.dl4j.Dl4jNetwork;
import io.retort.engine.onednn.OneDnnNetwork;
import io.retort.network.Network;
import io.retort.network.Shape;
import io.retort.network.Structure;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import org.nd4j.linalg.learning.config.IUpdater;

/** What computes the steps of a training. Each gives other bits. */
public enum Engine {
    /** oneDNN where it can train the network on the machine that decides, otherwise DL4J. */
    AUTO {
        @Override
        Choice choice(Structure structure) {
            return OneDnnNetwork.obstacle(structure, Precision.FLOAT32)
                    .map(obstacle -> new Choice(DL4J, "DL4J, since " + obstacle))
                    .orElseGet(() -> ONEDNN.choice(structure));
        }
    },
    /** oneDNN, by operations that Retort calls itself. */
    ONEDNN {
        @Override
        Choice choice(Structure structure) {
            OneDnnNetwork.libraryObstacle().ifPresent(obstacle -> {
                throw new IllegalArgumentException(obstacle + "; set trainer.engine = dl4j");
            });
            return new Choice(this, OneDnnNetwork.title());
        }

        @Override
        public TrainableNetwork begin(
                Network network, IUpdater updater, double weightDecay, Objective loss, List<TapHead> taps) {
            return OneDnnNetwork.of(network, Precision.FLOAT32, updater, weightDecay, loss, taps);
        }

        @Override
        OptionalLong bytes(Structure structure, Precision precision, int rows, int batch) {
            return OptionalLong.of(OneDnnNetwork.trainingBytes(structure, precision, List.of(), rows, batch));
        }

        @Override
        TrainableNetwork inference(Network network) {
            return OneDnnNetwork.inference(network);
        }
    },
    /** DL4J, with layers of Retort's own. */
    DL4J {
        @Override
        Choice choice(Structure structure) {
            return new Choice(this, "DL4J");
        }

        @Override
        Optional<String> stateOrder() {
            return Optional.of("dl4j"); // it has the channels of depthwise weights last
        }
    };

    /**
     * The engine of a training.
     *
     * @param engine not {@link #AUTO}
     * @param words for people
     */
    record Choice(Engine engine, String words) {}

    abstract Choice choice(Structure structure);

    /** The engine for a network: never {@link #AUTO}. */
    public Engine of(Structure structure) {
        return choice(structure).engine();
    }

    OptionalLong bytes(Structure structure, Precision precision, int rows, int batch) {
        return OptionalLong.empty();
    }

    /**
     * The order of the parameters in a {@link io.retort.engine.TrainableNetwork.TrainingState}, whose length does not show it; empty for
     * the structure's own.
     */
    Optional<String> stateOrder() {
        return Optional.empty();
    }

    /**
     * A network before its first step; {@link #AUTO} has none.
     *
     * @param taps one head each, in the order of {@link io.retort.engine.Batch#taps}
     */
    public TrainableNetwork begin(
            Network network, IUpdater updater, double weightDecay, Objective loss, List<TapHead> taps) {
        return Dl4jNetwork.tapped(network, updater, weightDecay, loss, taps);
    }

    /** A network that is not trained; {@link #AUTO} has none. */
    TrainableNetwork inference(Network network) {
        return Dl4jNetwork.inference(network);
    }

    /**
     * Works with a network's logits as this engine computes them; {@link #AUTO} decides here.
     *
     * @param work is given the logits from raw features
     */
    public <R> R computing(Network network, Function<Logits, R> work) {
        Shape input = network.structure().input();
        try (TrainableNetwork computing = of(network.structure()).inference(network)) {
            return work.apply((rawFeatures, batch) -> {
                float[] scaled = Arrays.copyOf(rawFeatures, batch * input.elements());
                network.structure().scaling().apply(scaled, input);
                return computing.logits(scaled, batch);
            });
        }
    }
}
