package io.retort.distill;

import io.retort.config.SettingException;
import io.retort.distill.loss.Objective;
import io.retort.engine.TrainableNetwork;
import io.retort.engine.TrainableNetwork.Precision;
import io.retort.engine.TrainableNetwork.TapHead;
import io.retort.engine.onednn.OneDnnNetwork;
import io.retort.network.Network;
import io.retort.network.Structure;
import java.io.Serializable;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.nd4j.linalg.learning.config.IUpdater;

/** What computes the steps of a training, and in which numbers; only oneDNN has others than float32. */
public record Compute(Engine engine, Precision precision) implements Serializable {
    /** @throws SettingException if the engine has no such numbers */
    static Compute of(Engine engine, Optional<Precision> precision) {
        Compute compute = new Compute(engine, precision.orElse(Precision.FLOAT32));
        if (engine == Engine.DL4J && !compute.isUsual()) {
            throw new SettingException(
                    "precision", "bfloat16 is for the engine onednn; leave precision out, or set engine = onednn");
        }
        return compute;
    }

    /** In float32. */
    public static Compute by(Engine engine) {
        return new Compute(engine, Precision.FLOAT32);
    }

    private boolean isUsual() {
        return precision == Precision.FLOAT32;
    }

    /** Why no training can have such numbers on this machine, to follow the trainer's name; empty where they can. */
    Optional<String> obstacle() {
        return OneDnnNetwork.obstacle(precision)
                .map(obstacle -> "has precision = bfloat16, but " + obstacle + "; leave precision out here");
    }

    /** The task with the engine that is chosen for its network, of which the listener hears. */
    TrainingTask place(TrainingTask task, Trainer.TrainingListener listener) {
        Engine.Choice choice = choice(task.structure());
        listener.computedBy(choice.words());
        return task.with(new Compute(choice.engine(), precision));
    }

    private Engine.Choice choice(Structure structure) {
        if (isUsual()) {
            return engine.choice(structure);
        }
        OneDnnNetwork.obstacle(structure, precision).ifPresent(obstacle -> {
            throw new IllegalArgumentException(
                    "a network cannot be trained in bfloat16: " + obstacle + "; leave trainer.precision out");
        });
        return new Engine.Choice(Engine.ONEDNN, OneDnnNetwork.title() + ", bfloat16");
    }

    /**
     * The bytes outside of the heap that a replica needs on this machine, where the engine knows them before it begins;
     * of {@link Engine#AUTO} those of the engine that it takes, none where none can be had.
     *
     * @param rows of a micro-batch
     * @param batch rows of a batch, with which BatchNorm's statistics are estimated at the end
     */
    public OptionalLong trainingBytes(Structure structure, int rows, int batch) {
        return OneDnnNetwork.libraryObstacle().isPresent()
                        || OneDnnNetwork.obstacle(precision).isPresent()
                ? OptionalLong.empty()
                : choice(structure).engine().bytes(structure, precision, rows, batch);
    }

    /**
     * A network before its first step.
     *
     * @param taps one head each, in the order of {@link io.retort.engine.Batch#taps}
     */
    public TrainableNetwork begin(
            Network network, IUpdater updater, double weightDecay, Objective loss, List<TapHead> taps) {
        Engine chosen = engine == Engine.AUTO ? choice(network.structure()).engine() : engine;
        return chosen == Engine.ONEDNN
                ? OneDnnNetwork.of(network, precision, updater, weightDecay, loss, taps)
                : chosen.begin(network, updater, weightDecay, loss, taps);
    }
}
