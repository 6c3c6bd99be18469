package io.retort.distill.loss;

import java.util.Optional;

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

    /**
     * The input of a loss over logits: the student's logits {@code [rows, classes]}, row-major, in double precision,
     * and the signals of the same rows.
     *
     * <p>It takes its arrays over without a copy; losses only read them.
     *
     * @param progress how much of the training is behind, from 0 to 1
     */
    @SuppressWarnings("ArrayRecordComponent") // carried, never compared
    record LogitBatch(double[] student, Signals signals, double progress) {
        public LogitBatch {
            Signals.requireShape("student logits", student, signals.rows(), signals.outputs());
        }

        /** A batch at the beginning of a training. */
        public static LogitBatch of(double[] student, Signals signals) {
            return new LogitBatch(student, signals, 0);
        }

        /**
         * A batch without teacher, all of whose rows have a label. {@code targets} are distributions, usually one-hot.
         */
        public static LogitBatch labelled(int size, int classes, double[] student, double[] targets) {
            return of(student, Signals.labelled(size, classes, targets, Optional.empty()));
        }

        /** A batch with the teacher's logits, all of whose rows have a label. */
        public static LogitBatch taught(int size, int classes, double[] student, double[] targets, double[] teacher) {
            return of(student, Signals.labelled(size, classes, targets, Optional.of(teacher)));
        }

        /** The same samples with other logits. */
        LogitBatch withLogits(double[] otherStudent, Optional<double[]> otherTeacher) {
            return new LogitBatch(otherStudent, signals.withTeacher(otherTeacher), progress);
        }

        public int size() {
            return signals.rows();
        }

        public int classes() {
            return signals.outputs();
        }

        /** The labels' distributions, without meaning where {@link #labelWeight} is 0. */
        public double[] targets() {
            return signals.labels();
        }

        /** How much a row counts in losses of labels: 1, or 0 where it has no label. */
        public double labelWeight(int row) {
            return signals.labelWeights()[row];
        }

        /** The teacher's logits, where a teacher has seen the batch. */
        Optional<double[]> taughtLogits() {
            return signals.teacher();
        }

        public double[] teacher() {
            return taughtLogits()
                    .orElseThrow(() -> new IllegalStateException(
                            "this loss needs teacher logits, and the batch has none; train with a teacher"));
        }
    }
}
