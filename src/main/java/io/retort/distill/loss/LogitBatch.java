package io.retort.distill.loss;

import io.retort.network.ShapeException;
import java.util.Optional;

/**
 * What a loss over logits sees: {@code [batch, classes]} matrices, row-major, in double precision.
 *
 * <p>It takes its arrays over without a copy; losses only read them.
 */
public final class LogitBatch {
    private final int size;
    private final int classes;
    private final double[] student;
    private final double[] targets;
    private final Optional<double[]> teacher;
    private final double progress;

    private LogitBatch(
            int size, int classes, double[] student, double[] targets, Optional<double[]> teacher, double progress) {
        this.size = size;
        this.classes = classes;
        this.student = student;
        this.targets = targets;
        this.teacher = teacher;
        this.progress = progress;
        requireShape("targets", targets);
        requireShape("student logits", student);
        teacher.ifPresent(logits -> requireShape("teacher logits", logits));
    }

    /** A batch that no teacher has seen. {@code targets} are distributions, usually one-hot. */
    public static LogitBatch labelled(int size, int classes, double[] student, double[] targets) {
        return new LogitBatch(size, classes, student, targets, Optional.empty(), 0);
    }

    /** A batch with the teacher's logits. */
    public static LogitBatch taught(int size, int classes, double[] student, double[] targets, double[] teacher) {
        return new LogitBatch(size, classes, student, targets, Optional.of(teacher), 0);
    }

    private void requireShape(String what, double[] values) {
        if (values.length != size * classes) {
            throw new ShapeException(what + " have " + values.length + " values, [" + size + ", " + classes + "] needs "
                    + size * classes);
        }
    }

    /** The same samples with other logits. */
    LogitBatch withLogits(double[] otherStudent, Optional<double[]> otherTeacher) {
        return new LogitBatch(size, classes, otherStudent, targets, otherTeacher, progress);
    }

    /** The same samples where {@code later} of the training, from 0 to 1, is behind; a batch is made for its beginning. */
    LogitBatch at(double later) {
        return new LogitBatch(size, classes, student, targets, teacher, later);
    }

    public double progress() {
        return progress;
    }

    public int size() {
        return size;
    }

    public int classes() {
        return classes;
    }

    public double[] student() {
        return student;
    }

    public double[] targets() {
        return targets;
    }

    /** The teacher's logits, where a teacher has seen the batch. */
    Optional<double[]> taughtLogits() {
        return teacher;
    }

    public double[] teacher() {
        return teacher.orElseThrow(() -> new IllegalStateException(
                "this loss needs teacher logits, and the batch has none; train with a teacher"));
    }
}
