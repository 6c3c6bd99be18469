package io.retort.distill.loss;

/** A loss over a pair of taps: a mean over the batch, smaller is better. */
@FunctionalInterface
public interface FeatureLoss {
    /**
     * Returns the mean loss of the batch and adds {@code weight} times its gradient by the student's features to {@code gradient}.
     *
     * @param gradient as long as the student's features; what it holds is kept and added to
     */
    double evaluate(FeatureBatch batch, double weight, double[] gradient);
}
