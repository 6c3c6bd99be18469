package io.retort.distill;

import io.retort.config.SettingException;
import io.retort.data.ViewSettings;
import io.retort.distill.schedule.LearningRate;
import java.io.Serializable;
import org.nd4j.linalg.learning.config.IUpdater;

/**
 * The budget of a training and how it is spent. A student and its baseline have the same.
 *
 * @param epochs how often each sample is seen
 * @param batchSize samples per optimiser step of one replica
 * @param weightDecay pulls weights, not biases or BatchNorm's parameters, towards 0
 * @param scalePenalty λ of {@code λ · Σ |scale|} over the scales of all BatchNorms, which is minimised with the losses,
 *     so that channels without use fade and can be pruned (network slimming: Liu et al. 2017, arXiv:1708.06519, who use
 *     1e-5 to 1e-4)
 * @param views the augmentations; epoch e sees view e modulo their count
 */
public record TrainingSettings(
        int epochs,
        int batchSize,
        Optimizer optimizer,
        LearningRate learningRate,
        double weightDecay,
        double scalePenalty,
        ViewSettings views)
        implements Serializable {
    public TrainingSettings {
        if (epochs < 1) {
            throw new SettingException("epochs", "must be at least 1, was " + epochs);
        }
        if (batchSize < 1) {
            throw new SettingException("batch-size", "must be at least 1, was " + batchSize);
        }
        if (!(weightDecay >= 0 && weightDecay < 1)) {
            throw new SettingException("weight-decay", "must be in [0, 1), was " + weightDecay);
        }
        if (!(scalePenalty >= 0 && scalePenalty < 1)) {
            throw new SettingException("scale-penalty", "must be in [0, 1), was " + scalePenalty);
        }
    }

    /** The updater of a training of so many optimiser steps. */
    public IUpdater updater(int iterations) {
        return optimizer.create(learningRate.over(iterations));
    }

    /** The same with other epochs. */
    public TrainingSettings with(int others) {
        return new TrainingSettings(others, batchSize, optimizer, learningRate, weightDecay, scalePenalty, views);
    }

    /** The same with another learning rate. */
    TrainingSettings with(LearningRate other) {
        return new TrainingSettings(epochs, batchSize, optimizer, other, weightDecay, scalePenalty, views);
    }
}
