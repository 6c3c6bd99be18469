package io.retort.scaling;

import io.retort.distill.TrainingSettings;
import io.retort.distill.loss.LossSettings;
import io.retort.distill.loss.Objective;
import io.retort.distill.loss.SignalLayout;
import io.retort.engine.dl4j.Batch;
import io.retort.engine.dl4j.Flavour;
import io.retort.engine.dl4j.TrainableNetwork;
import io.retort.network.Network;
import io.retort.network.Structure;
import io.retort.scaling.Constants.PerSample;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * What an optimiser step of a network takes.
 *
 * @param gradient a sample's part of a pass
 * @param update seconds of a step by a gradient
 * @param build seconds of making the network ready for its first step
 */
record StepTimes(PerSample gradient, double update, double build) {
    /**
     * What a network is trained with. Equal ones, such as those of an ensemble of several seeds, are measured once.
     *
     * @param rows of a pass
     */
    record Budget(
            Structure structure, TrainingSettings training, List<LossSettings> losses, Flavour flavour, int rows) {
        TrainableNetwork trainable() {
            return TrainableNetwork.of(
                            Network.initialised(structure, 1),
                            training.optimizer().create(training.learningRate().create(1_000_000)),
                            training.weightDecay(),
                            new Objective(losses, SignalLayout.of(structure.classes(), losses)),
                            flavour)
                    .penalisingScales(training.scalePenalty());
        }
    }

    /** @param time of each of the measurements, which are three */
    static StepTimes measure(Budget budget, MadeSamples made, int cores, Duration time) {
        Batch batch = made.batch(budget.rows(), budget.losses());
        List<TrainableNetwork> updated = new ArrayList<>();
        double first = StopClock.seconds(() -> {
            updated.add(budget.trainable());
            updated.get(0).step(batch);
        });
        float[] sum = new float[updated.get(0).gradientLength()];
        updated.get(0).gradient(batch, 1, sum);
        double update = StopClock.median(time.dividedBy(3), () -> updated.get(0).update(sum));
        List<Runnable> passes = new ArrayList<>();
        passes.add(pass(budget.trainable(), batch));
        double alone = StopClock.median(time, passes.get(0));
        for (int i = 1; i < cores; i++) {
            passes.add(pass(budget.trainable(), batch));
        }
        double busy = StopClock.median(time, passes);
        return new StepTimes(
                new PerSample(alone / batch.size(), busy / batch.size()), update, Math.max(0, first - alone - update));
    }

    private static Runnable pass(TrainableNetwork network, Batch batch) {
        float[] gradient = new float[network.gradientLength()];
        return () -> network.gradient(batch, 1, gradient);
    }
}
