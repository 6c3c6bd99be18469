package io.retort.distill;

/** Hears of a training's progress, on the driver. */
public interface TrainingListener {
    /**
     * A round has been averaged.
     *
     * @param epoch from 0
     * @param samples seen by all replicas in this round
     * @param loss their mean loss
     */
    void roundFinished(int epoch, long samples, double loss);

    /** An epoch has ended and its checkpoint is written. */
    void epochFinished(int epoch, double loss);

    /** A training continues from a checkpoint; {@code epochs} of it need not be done again. */
    void resumed(int epochs);
}
