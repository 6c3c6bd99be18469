package io.retort.distill;

/** The loss or a parameter became infinite or NaN. The message names epoch, learning rate and remedies. */
public final class TrainingDivergedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private TrainingDivergedException(String message) {
        super(message);
    }

    public static TrainingDivergedException byLoss(
            TrainingTask task, int iterations, long iteration, int epoch, double loss) {
        return in(task, iterations, iteration, epoch, "the loss became " + loss);
    }

    static TrainingDivergedException byParameter(
            TrainingTask task, int iterations, long iteration, int epoch, float parameter) {
        return in(task, iterations, iteration, epoch, "a parameter became " + parameter);
    }

    private static TrainingDivergedException in(
            TrainingTask task, int iterations, long iteration, int epoch, String finding) {
        TrainingSettings training = task.training();
        double rate = training.learningRate().at(iteration, iterations);
        return new TrainingDivergedException("training diverged in epoch " + (epoch + 1) + " of " + training.epochs()
                + ": " + finding + " at a learning rate of about " + rate
                + "; lower learning-rate.rate, lengthen learning-rate.warm-up, or look for extreme feature values");
    }
}
