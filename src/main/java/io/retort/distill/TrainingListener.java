package io.retort.distill;

/** Hears of a training's progress, on the driver. */
public interface TrainingListener {
    /**
     * A Spark job of the training has ended that made steps together.
     *
     * @param ranks that share each optimiser step
     * @param lanes the most ranks that could
     * @param slots that the job could have used
     */
    default void spread(int ranks, int lanes, int slots) {}

    /**
     * A Spark job of the training has ended: some steps, or a round of averaging.
     *
     * @param epoch from 0
     * @param samples seen by all replicas in it
     * @param loss their mean loss
     */
    void roundFinished(int epoch, long samples, double loss);

    /** An epoch has ended and its checkpoint is written. */
    void epochFinished(int epoch, double loss);

    /** A training continues from a checkpoint; {@code epochs} of it need not be done again. */
    void resumed(int epochs);
}
