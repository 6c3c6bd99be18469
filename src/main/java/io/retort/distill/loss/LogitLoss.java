package io.retort.distill.loss;

/** A loss over logits: in nats, a mean over the batch, smaller is better. */
@FunctionalInterface
public interface LogitLoss {
    /**
     * Returns the mean loss of the batch and adds {@code weight} times its gradient by the student's logits to
     * {@code gradient}.
     *
     * @param gradient {@code [batch, classes]}, row-major; the gradient is added to its values
     */
    double evaluate(LogitBatch batch, double weight, double[] gradient);
}
