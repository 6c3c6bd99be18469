package io.retort.distill.loss;

/** A loss over what a batch's samples are to each other: of their logits, or of the flattened features of a pair of taps, alike. */
interface RelationLoss extends LogitLoss, FeatureLoss {
    /**
     * As {@link LogitLoss#evaluate} and {@link FeatureLoss#evaluate}, of rows.
     *
     * @param student {@code [size, width]}, row-major
     * @param teacher {@code [size, width]}, of another width if need be
     */
    double evaluate(int size, double[] student, double[] teacher, double weight, double[] gradient);

    @Override
    default double evaluate(LogitBatch batch, double weight, double[] gradient) {
        return evaluate(batch.size(), batch.student(), batch.teacher(), weight, gradient);
    }

    @Override
    default double evaluate(FeatureBatch batch, double weight, double[] gradient) {
        return evaluate(batch.size(), batch.student(), batch.teacher(), weight, gradient);
    }
}
